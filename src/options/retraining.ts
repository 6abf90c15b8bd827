/** Which commit a model is trained again from. */
export enum RetrainingCommit {
  /** That of the version that is live where the reason was found. */
  LIVE = 'live',
  /** The newest of the group's branch. */
  HEAD = 'head',
}

/**
 * A schedule in the terms of EventBridge, in UTC.
 *
 * @pattern ^(cron\([^()]{1,90}\)|rate\([1-9][0-9]{0,3} (hours?|days?)\))$
 * @allowed cron(...) or rate(...) with hours or days
 * @examples ["rate(7 days)"]
 */
type RetrainingScheduleExpression = string;

/**
 * @pattern ^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^\s*?#\\${}]*$
 * @maxLength 900
 * @allowed an address s3://bucket/prefix
 * @examples ["s3://our-data/customers/"]
 */
type NewDataUri = string;

/** When a group's model is trained again without a commit, and how often at most. */
export interface RetrainingOptions {
  /**
   * The commit that is built. A commit of a person is built as soon as it is pushed, whatever this says.
   *
   * @default "live"
   */
  readonly commit?: RetrainingCommit;

  /**
   * Hours after the start of a retraining in which no other one starts, less ten minutes for schedules. It should be
   * longer than the training: only builds are looked at, and a build may be over before.
   *
   * @asType integer
   * @minimum 1
   * @maximum 720
   * @default 24
   */
  readonly coolDownHours?: number;

  /**
   * Retrainings of a group in 24 hours, less ten minutes for schedules.
   *
   * @asType integer
   * @minimum 1
   * @maximum 24
   * @default 1
   */
  readonly maxPerDay?: number;

  /**
   * When the model is trained again in any case.
   *
   * @default - never
   * @decides names
   */
  readonly schedule?: RetrainingScheduleExpression;

  /**
   * Address below which new objects start a retraining, 15 minutes after the first one; those that come after that and
   * within the cool-down start none. The bucket must send its events to EventBridge, and be in the
   * account and region of the group's build.
   *
   * @default - new data starts nothing
   * @decides names
   */
  readonly newDataUri?: NewDataUri;
}
