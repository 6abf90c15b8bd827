import * as iam from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { fill } from './fill';

/** Where in a bucket nothing is ever replaced, and who writes there. */
export interface WriteOnce {
  /** Beginning of the keys, with a slash at the end. */
  readonly prefix: string;
  /** ARNs of the only roles that write there, as the plan writes them. */
  readonly writers: readonly string[];
  /** Begins the names of the statements, where a bucket has several such places. */
  readonly name?: string;
}

/**
 * Below a prefix only the roles that are named write, what is there is never replaced, and no version of it is removed.
 *
 * A write must bring `If-None-Match`, which S3 takes for PutObject and CompleteMultipartUpload; the parts of an
 * upload know no such header and are exempted, and CopyObject is answered with 501 (S3 user guide, "Enforce conditional
 * writes on Amazon S3 buckets"). Who may change the bucket's policy can change this, too: administrators, and
 * CloudFormation's role. Expiry by the bucket's lifecycle asks no policy: no rule may expire current versions there.
 */
export function writeOnce(bucket: Bucket, { prefix, writers, name = '' }: WriteOnce): void {
  const deny = (sid: string, actions: string[], conditions?: iam.Conditions) => bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: `${name}${sid}`,
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions,
      resources: [bucket.arnForObjects(`${prefix}*`)],
      conditions,
    }),
  );
  deny('WriteOnceOneWriter', [
    's3:AbortMultipartUpload',
    's3:PutObject',
    's3:PutObjectAcl',
    's3:PutObjectTagging',
    's3:PutObjectVersionAcl',
    's3:PutObjectVersionTagging',
    's3:ReplicateObject',
    's3:RestoreObject',
  ], {
    ArnNotEquals: {
      'aws:PrincipalArn': writers.length === 1 ? fill(bucket, writers[0]) : writers.map(one => fill(bucket, one)),
    },
  });
  deny('WriteOnceNothingReplaced', ['s3:PutObject'], {
    Null: { 's3:if-none-match': 'true' },
    Bool: { 's3:ObjectCreationOperation': 'true' },
  });
  deny('WriteOnceNothingRemoved', ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:ReplicateDelete']);
}
