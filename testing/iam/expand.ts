import type { AwsResource, Policies } from './policies';
import type { Request } from './request';
import { findResource } from './resources';

/** DynamoDB guide, "DynamoDB encryption at rest: how it works", authorising the use of a customer managed key. */
const TABLE_KEY = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(a =>
  `kms:${a}`);

/** KMS calls that a service makes with the caller's rights while it handles a call, by service and action. */
const ON_BEHALF: { readonly [action: string]: readonly string[] } = {
  // S3 guide, "Using server-side encryption with AWS KMS keys": reading decrypts the data key, writing makes one, and a
  // multipart upload does both.
  's3:GetObject': ['kms:Decrypt'],
  's3:GetObjectVersion': ['kms:Decrypt'],
  's3:PutObject': ['kms:GenerateDataKey', 'kms:Decrypt'],
  // SQS guide, "Key management": producers need both, consumers decrypt.
  'sqs:SendMessage': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'sqs:ReceiveMessage': ['kms:Decrypt'],
  // SNS guide, "Key management".
  'sns:Publish': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'dynamodb:PutItem': TABLE_KEY,
  'dynamodb:GetItem': TABLE_KEY,
  'dynamodb:Query': TABLE_KEY,
  'dynamodb:UpdateItem': TABLE_KEY,
  'dynamodb:DeleteItem': TABLE_KEY,
};

/**
 * Everything that AWS decides when a call is made: the call itself, and the use of the key that the resource is under.
 */
export function expand(policies: Policies, request: Request): Request[] {
  const resource = findResource(policies, request.resource);
  const actions = ON_BEHALF[request.action] ?? [];
  return [request, ...(resource?.key ? actions.map(action => onBehalf(request, resource, action)) : [])];
}

function onBehalf({ principal, action }: Request, resource: AwsResource, kmsAction: string): Request {
  const service = action.split(':')[0];
  const isService = !principal.startsWith('arn:');
  return {
    principal,
    action: kmsAction,
    resource: resource.key!,
    context: {
      // A service that acts for itself makes no forward access session (KMS guide, kms:ViaService).
      ...(isService ? {} : { 'kms:ViaService': `${service}.${resource.region}.amazonaws.com` }),
      // With a bucket key the encryption context is the bucket (S3 guide, "Reducing the cost of SSE-KMS with Amazon S3
      // Bucket Keys").
      ...(service === 's3' ? { 'kms:EncryptionContext:aws:s3:arn': resource.arn } : {}),
    },
  };
}
