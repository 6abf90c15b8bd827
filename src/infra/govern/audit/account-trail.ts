import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AccountTrailProps } from './account-trail-props';
import { checkAccountTrail } from './check-audit-trail';
import { roleAlarms } from './role-alarms';
import { selectorsOf } from './trail-selectors';
import { TRAIL_LOGS, trailLogsRole } from '../../../plan/govern/trail-roles';
import { trailLog } from '../../../plan/logs';
import { nameOf } from '../../../plan/names/name-of';
import { encryptedLog } from '../../shared/encrypted-log';
import { makeRole } from '../../shared/planned-role';

/**
 * A trail of all regions of an account, or of an organization: management events, data events of buckets with evidence
 * and, if you choose, requests to endpoints. Log files are encrypted, and a digest file every hour proves that none was
 * changed.
 *
 * The trail also writes to a log group, kept for a year. Metric filters there see what EventBridge rules of one region
 * cannot: changes of roles, which IAM logs in us-east-1 alone, and tampering in other regions.
 *
 * @throws OptionError when a property is wrong
 */
export class AccountTrail extends Construct {
  /** The trail. */
  public readonly trail: CfnTrail;
  /** What it logs, for a year. */
  public readonly logGroup: logs.LogGroup;
  /** Alarms on what the filters find. */
  public readonly alarms: cloudwatch.CfnAlarm[];

  public constructor(scope: Construct, id: string, props: AccountTrailProps) {
    super(scope, id);
    checkAccountTrail(props);
    const logGroup = trailLog(props.trailName);
    this.logGroup = encryptedLog(this, 'Log', logGroup, props.key, 'evidence');
    const role = makeRole(this, 'LogRole', trailLogsRole(
      { name: nameOf('role', props.trailName, TRAIL_LOGS), arn: '', place: {} }, {}, { logGroup },
    ));
    this.trail = new CfnTrail(this, 'Trail', {
      trailName: props.trailName,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      isOrganizationTrail: props.isOrganizationTrail ?? false,
      enableLogFileValidation: true,
      s3BucketName: props.bucketName,
      kmsKeyId: props.kmsKeyArn,
      cloudWatchLogsLogGroupArn: this.logGroup.logGroupArn,
      cloudWatchLogsRoleArn: role.roleArn,
      advancedEventSelectors: selectorsOf(props),
    });
    this.trail.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.alarms = roleAlarms(this, props, this.logGroup, Stack.of(this).region);
  }
}
