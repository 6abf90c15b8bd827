import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acceptAccessLogs } from './suppress';

/** What all our buckets have in common. */
export const CLOSED = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
  // Kept when the stack goes or the resource is replaced; removed only when its very first creation is rolled back.
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
};

/** The bucket that receives the access logs of another one. */
export function makeAccessLogs(scope: Construct, id: string, of: s3.Bucket, prefix: string): s3.Bucket {
  const logs = new s3.Bucket(scope, id, {
    ...CLOSED,
    // S3 delivers access logs neither to a bucket with default retention nor to one that is encrypted with a
    // customer-managed key by default.
    encryption: s3.BucketEncryption.S3_MANAGED,
    lifecycleRules: [{
      expiration: Duration.days(400),
      noncurrentVersionExpiration: Duration.days(30),
      abortIncompleteMultipartUploadAfter: Duration.days(7),
    }],
  });
  logs.addToResourcePolicy(new iam.PolicyStatement({
    sid: 'AccessLogs',
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [logs.arnForObjects(`${prefix}*`)],
    conditions: {
      ArnLike: { 'aws:SourceArn': of.bucketArn },
      StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
    },
  }));
  acceptAccessLogs(logs);
  return logs;
}
