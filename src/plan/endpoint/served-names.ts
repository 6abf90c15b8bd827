import type { NamedEnvironment } from './model';
import { ApiRelease } from '../../options/api';
import { arn } from '../arn';
import type { Grant } from '../roles/role-model';

/** What is appended to an endpoint's name where each package has one of its own: `-r` and eight characters. */
export const RELEASE_SUFFIX = '-r';

/** Characters that the suffix takes. */
export const RELEASE_CHARACTERS = 8;

/**
 * What stands for the suffix in IAM, where a question mark is one character. With a star, `x-prod` would have what
 * belongs to `x-prod-retail`, too.
 */
export const ANY_RELEASE = `${RELEASE_SUFFIX}${'?'.repeat(RELEASE_CHARACTERS)}`;

/** Whether each package that is deployed to an environment gets an endpoint of its own. */
export function isPerRelease({ api }: Pick<NamedEnvironment, 'api'>): boolean {
  return api?.settings.release === ApiRelease.PER_RELEASE;
}

/** An environment's endpoint, or all that it has had, as a grant names them. */
export function endpointResources(
  environment: Pick<NamedEnvironment, 'api' | 'place' | 'endpointName'>,
): Pick<Grant, 'resources' | 'wildcard'> {
  const { place, endpointName } = environment;
  return isPerRelease(environment) ? {
    resources: [arn(place, 'sagemaker', `endpoint/${endpointName}${ANY_RELEASE}`)],
    wildcard: 'Each package has an endpoint of its own; what precedes the suffix, and its length, are exact.',
  } : { resources: [arn(place, 'sagemaker', `endpoint/${endpointName}`)] };
}

/** Log group of an environment's endpoint, or of all that it has had, as a grant names them. */
export function endpointLogs(environment: Pick<NamedEnvironment, 'api' | 'endpointLog'>): string {
  return `${environment.endpointLog}${isPerRelease(environment) ? ANY_RELEASE : ''}`;
}

/** CloudFormation's role: the log group of an endpoint that belongs to one release (schema of AWS::Logs::LogGroup). */
export function makeEndpointLog(environment: Pick<NamedEnvironment, 'api' | 'endpointLog' | 'place'>): Grant[] {
  return isPerRelease(environment) ? [
    {
      sid: 'EndpointLog',
      actions: ['AssociateKmsKey', 'CreateLogGroup', 'DeleteLogGroup', 'GetDataProtectionPolicy', 'ListTagsForResource',
        'PutRetentionPolicy', 'TagResource', 'UntagResource'].map(action => `logs:${action}`),
      resources: ['', ':*'].map(end => arn(environment.place, 'logs', `log-group:${endpointLogs(environment)}${end}`)),
      why: 'Makes the log group of a package\'s endpoint; removes it only when its creation failed.',
      wildcard: 'Each package has an endpoint of its own; what precedes the suffix, and its length, are exact.',
    },
    {
      sid: 'LogsListed', actions: ['logs:DescribeIndexPolicies', 'logs:DescribeLogGroups'], resources: ['*'],
      why: 'Looks whether the log group is there.',
      wildcard: 'CloudFormation lists log groups to find one (schema of AWS::Logs::LogGroup).',
    },
  ] : [];
}
