import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { fill } from './fill';
import { accept, acceptAccessLogs } from './suppress';

/** What all our buckets have in common. */
const CLOSED = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
  // Kept when the stack goes or the resource is replaced; removed only when its very first creation is rolled back.
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
};

export interface PrivateBucketProps {
  /** Full name, with placeholders. */
  readonly name: string;
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
      bucketName: fill(this, props.name),
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
    this.logs = props.logBucketArn ? s3.Bucket.fromBucketArn(this, 'Logs', props.logBucketArn) : this.makeLogs(prefix);
    // Set here, because the CDK's own way depends on a feature flag and falls back to ACLs, which our buckets have none
    // of.
    (this.bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = {
      destinationBucketName: this.logs.bucketName,
      logFilePrefix: prefix,
    };
  }

  private makeLogs(prefix: string): s3.Bucket {
    const logs = new s3.Bucket(this, 'Logs', {
      ...CLOSED,
      // S3 cannot deliver access logs to a bucket that is encrypted with a customer-managed key by default.
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
        ArnLike: { 'aws:SourceArn': this.bucket.bucketArn },
        StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
      },
    }));
    acceptAccessLogs(logs);
    return logs;
  }
}
