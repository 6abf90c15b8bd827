import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { MONITORING_FOLDERS, type NamedMonitoring } from '../../plan/monitor/model';
import { TRUTH_ERRORS } from '../../plan/monitor/roles';
import { PrivateBucket } from '../shared/private-bucket';

/** Days for which answers to queries are kept; they can be asked again. */
const QUERY_DAYS = 30;

/**
 * The bucket of an environment's monitoring. What is in it goes by its age, with the versions that were replaced a day
 * later: predictions hold what people asked.
 */
export function monitorBucket(
  scope: Construct, { s3AccessLogsBucketArn }: PlannedEnvironment, { bucket: name, settings }: NamedMonitoring, key: IKey,
): s3.Bucket {
  const { bucket } = new PrivateBucket(scope, 'Monitoring', {
    name, key, logBucketArn: s3AccessLogsBucketArn, keepOldVersions: 1,
  });
  const { queries, ...kept } = MONITORING_FOLDERS;
  for (const prefix of [...Object.values(kept), TRUTH_ERRORS]) {
    bucket.addLifecycleRule({ prefix, expiration: Duration.days(settings.retentionDays) });
  }
  bucket.addLifecycleRule({
    prefix: queries, expiration: Duration.days(Math.min(QUERY_DAYS, settings.retentionDays)),
  });
  return bucket;
}
