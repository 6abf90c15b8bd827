import type { Key } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** Properties of a trail. */
export interface AccountTrailProps {
  /** Name of the trail. */
  readonly trailName: string;

  /** Bucket that it delivers to, in this account or another; a `TrailStorage` that lists the trail. */
  readonly bucketName: string;

  /** ARN of the key of that storage, which encrypts log files. */
  readonly kmsKeyArn: string;

  /** Encrypts the log group, in this account; its policy is extended. */
  readonly key: Key;

  /**
   * Whether it logs every account of the organization. Then it must be made in the management account or in one that
   * is a delegated administrator for CloudTrail.
   *
   * @default false
   */
  readonly isOrganizationTrail?: boolean;

  /**
   * ARNs of buckets whose objects are evidence: each read and write of an object is logged. CloudTrail charges for each
   * event.
   *
   * @default - none
   */
  readonly loggedBucketArns?: string[];

  /**
   * ARNs of buckets with trails or other locked content, of which only attempts to remove an object or to change its
   * retention are logged. Reads and writes are not: the trail's own deliveries would be logged in turn.
   *
   * @default - none
   */
  readonly lockedBucketArns?: string[];

  /**
   * Whether each request to a SageMaker endpoint is logged, without its content. CloudTrail charges for each event.
   *
   * @default false
   */
  readonly endpointInvocations?: boolean;

  /**
   * Names of roles, changes of which raise an alarm; a `*` stands for any characters.
   *
   * @default - none
   */
  readonly watchedRoleNames?: string[];

  /**
   * Names of buckets, changes of whose settings in other regions than the stack's raise an alarm.
   *
   * @default - none
   */
  readonly watchedBucketNames?: string[];

  /**
   * Beginning of the names of alarms.
   *
   * @default - the name of the trail
   */
  readonly alarmPrefix?: string;

  /**
   * Topic that the alarms notify.
   *
   * @default - none; alarms stay in the account's list, and EventBridge has their events
   */
  readonly topic?: ITopic;
}
