import type { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import type { AccountTrailProps } from './account-trail-props';
import { TAMPERING } from './tampering';

type Selector = CfnTrail.AdvancedEventSelectorProperty;
type Field = CfnTrail.AdvancedFieldSelectorProperty;

/**
 * What a trail logs. Advanced selectors replace the basic ones, so management events need one of their own, and each
 * type of resource has one (CloudTrail API reference, AdvancedEventSelector).
 */
export function selectorsOf(props: AccountTrailProps): Selector[] {
  const { loggedBucketArns = [], lockedBucketArns = [], endpointInvocations = false } = props;
  return [
    selector('Management events', { field: 'eventCategory', equalTo: ['Management'] }),
    ...(loggedBucketArns.length > 0 ? [data('Objects of evidence', 'AWS::S3::Object', {
      field: 'resources.ARN', startsWith: loggedBucketArns.map(bucket => `${bucket}/`),
    })] : []),
    ...(lockedBucketArns.length > 0 ? [data('Attempts to remove what is locked', 'AWS::S3::Object', {
      field: 'resources.ARN', startsWith: lockedBucketArns.map(bucket => `${bucket}/`),
    }, { field: 'eventName', equalTo: [...TAMPERING.evidence.calls] })] : []),
    ...(endpointInvocations ? [data('Requests to endpoints', 'AWS::SageMaker::Endpoint')] : []),
  ];
}

function data(name: string, type: string, ...fields: readonly Field[]): Selector {
  return selector(
    name, { field: 'eventCategory', equalTo: ['Data'] }, { field: 'resources.type', equalTo: [type] }, ...fields,
  );
}

function selector(name: string, ...fieldSelectors: Field[]): Selector {
  return { name, fieldSelectors };
}
