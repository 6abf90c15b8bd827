import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { fill } from './fill';
import { letIn } from './foreign-roles';

/** Lets roles of other accounts read a bucket and decrypt what is in it; changes nothing when there are none. */
export function letRead(bucket: Bucket, key: IKey, roles: readonly string[]): void {
  if (roles.length === 0) { return; }
  bucket.addToResourcePolicy(letIn(bucket, {
    sid: 'ReadersObjects',
    roles,
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    resources: [bucket.arnForObjects('*')],
  }));
  bucket.addToResourcePolicy(letIn(bucket, {
    sid: 'ReadersBucket', roles, actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucket.bucketArn],
  }));
  key.addToResourcePolicy(letIn(key, {
    sid: 'Readers',
    roles,
    actions: ['kms:Decrypt', 'kms:DescribeKey'],
    resources: ['*'],
    // With this suffix in every partition (KMS guide, "Services that support the kms:ViaService condition key").
    conditions: { StringEquals: { 'kms:ViaService': fill(key, 's3.{region}.amazonaws.com') } },
  }));
}
