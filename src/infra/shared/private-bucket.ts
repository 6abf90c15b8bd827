import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CLOSED, makeAccessLogs } from './access-logs';
import { fill } from './fill';
import { accept } from './suppress';

export interface PrivateBucketProps {
  /** Full name, with placeholders; CloudFormation gives one otherwise. */
  readonly name?: string;
  readonly key: IKey;
  /** Existing bucket for access logs; one is made otherwise. */
  readonly logBucketArn?: string;
  /** Days after which replaced versions of objects are removed. */
  readonly keepOldVersions?: number;
  /** Days after which objects are removed. */
  readonly keep?: number;
  /** Every version is locked for so long, and none is removed by its age. */
  readonly lock?: s3.ObjectLockRetention;
}

/**
 * A bucket that is encrypted, versioned, closed to the public and reached through TLS alone, with a log of who read
 * what.
 */
export class PrivateBucket extends Construct {
  public readonly bucket: s3.Bucket;
  public readonly logs: s3.IBucket;

  public constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const prefix = `${id.toLowerCase()}/`;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      ...CLOSED,
      bucketName: props.name === undefined ? undefined : fill(this, props.name),
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      ...(props.lock ? { objectLockEnabled: true, objectLockDefaultRetention: props.lock } : {}),
      lifecycleRules: [{
        abortIncompleteMultipartUploadAfter: Duration.days(7),
        noncurrentVersionExpiration: props.lock ? undefined : Duration.days(props.keepOldVersions ?? 365),
        expiration: props.keep ? Duration.days(props.keep) : undefined,
      }],
    });
    accept(this.bucket, {
      rule: 'NIST.800.53.R5-S3BucketReplicationEnabled',
      reason: 'Versions are kept; whether there is a second copy in another region is for the organisation\'s backup.',
    });
    this.logs = props.logBucketArn
      ? s3.Bucket.fromBucketArn(this, 'Logs', props.logBucketArn)
      : makeAccessLogs(this, 'Logs', this.bucket, prefix);
    // Set here, because the CDK's own way depends on a feature flag and falls back to ACLs, which our buckets have none
    // of.
    (this.bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = {
      destinationBucketName: this.logs.bucketName,
      logFilePrefix: prefix,
    };
  }
}
