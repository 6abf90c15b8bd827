import type { AwsResource, Policies, PolicyDocument } from '../../../testing/iam/policies';
import type { Request } from '../../../testing/iam/request';

/** What an administrator may do. */
export const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
};

/** An account that has nothing to do with any delivery. */
export const STRANGER = '999999999999';

/**
 * The policies with an administrator's role in an account: whatever it cannot do is kept by the policies of the other
 * side.
 */
export function withAdministrator(
  policies: Policies, account: string,
): { readonly policies: Policies; readonly administrator: string } {
  const administrator = `arn:aws:iam::${account}:role/administrator`;
  const role = {
    account, region: '', stack: '', logicalId: '', arn: administrator, trust: EVERYTHING, managedPolicies: [],
    suppressions: [],
    policies: [{ name: 'AdministratorAccess', document: EVERYTHING }],
  };
  return { administrator, policies: { ...policies, roles: new Map([...policies.roles, [administrator, role]]) } };
}

export const readKey = (key: string, region: string) => ({
  action: 'kms:Decrypt', resource: key, context: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
});

const on = (...actions: string[]) => ({ arn: resource }: AwsResource) => actions.map(action => ({ action, resource }));

/** What somebody from outside might try, by type of resource. */
export const OUTSIDE: { readonly [type: string]: (resource: AwsResource) => Omit<Request, 'principal'>[] } = {
  'AWS::S3::Bucket': ({ arn }) => [
    { action: 's3:GetObject', resource: `${arn}/object` }, { action: 's3:PutObject', resource: `${arn}/object` },
    { action: 's3:ListBucket', resource: arn },
  ],
  'AWS::KMS::Key': ({ arn, region }) => [readKey(arn, region), { action: 'kms:GenerateDataKey', resource: arn }, {
    action: 'kms:CreateGrant', resource: arn, context: { 'kms:GrantIsForAWSResource': 'true' },
  }],
  'AWS::SageMaker::ModelPackageGroup': ({ arn }) => [
    ...['sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages', 'sagemaker:DeleteModelPackageGroup'].map(
      action => ({ action, resource: arn }),
    ),
    ...[
      'sagemaker:DescribeModelPackage', 'sagemaker:CreateModel', 'sagemaker:UpdateModelPackage',
      'sagemaker:CreateModelPackage',
    ].map(action => ({ action, resource: `${arn.replace('model-package-group/', 'model-package/')}/1` })),
  ],
  'AWS::SQS::Queue': on('sqs:SendMessage', 'sqs:ReceiveMessage'),
  'AWS::SNS::Topic': on('sns:Publish', 'sns:Subscribe'),
  'AWS::Events::EventBus': on('events:PutEvents', 'events:DescribeEventBus'),
  'AWS::ECR::Repository': on('ecr:BatchGetImage', 'ecr:PutImage'),
  'AWS::DynamoDB::Table': on('dynamodb:GetItem', 'dynamodb:PutItem'),
};
