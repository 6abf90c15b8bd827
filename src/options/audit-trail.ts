import type { AccountId, RegionName } from './limits';

/** How a retention period can be shortened. */
export enum ObjectLockMode {
  /** By those who have `s3:BypassGovernanceRetention`. */
  GOVERNANCE = 'governance',
  /** By nobody, not even the root user. */
  COMPLIANCE = 'compliance',
}

/**
 * CloudTrail delivers to at most five trails in a region (CloudTrail user guide, "Quotas").
 *
 * @pattern ^arn:aws[a-z-]*:cloudtrail:[a-z0-9-]+:\d{12}:trail/[A-Za-z0-9._-]{3,128}$
 * @allowed the ARN of a trail (arn:aws:cloudtrail:<region>:<account>:trail/<name>)
 * @examples ["arn:aws:cloudtrail:eu-west-1:999999999999:trail/organization"]
 */
type TrailArn = string;

/**
 * AWS Organizations API reference, "Organization": o- and 10 to 32 lower-case letters or digits.
 *
 * @pattern ^o-[a-z0-9]{10,32}$
 * @allowed the ID of an organization, for example "o-exampleorgid"
 * @examples ["o-exampleorgid"]
 */
type OrganizationId = string;

/** The trail of all calls: CloudTrail, its bucket with Object Lock, alarms on tampering, and saved queries. */
export interface AuditTrailOptions {
  /**
   * Account that keeps the trail and the approval records; one that no developer administers. Bootstrap it like the
   * others.
   *
   * @default - the tooling account
   * @decides names
   */
  readonly account?: AccountId;

  /**
   * Region of the trail and the records.
   *
   * @default - the tooling region
   * @decides names
   */
  readonly region?: RegionName;

  /**
   * ARN of a trail that there already is and that logs the management events of all accounts of the delivery. Then no
   * trail is created, only the alarms and, if `existingBucketName` is given, the queries.
   *
   * @default - a trail is created in each account of the delivery
   * @decides names
   */
  readonly existingTrailArn?: TrailArn;

  /**
   * Bucket of that trail.
   *
   * @pattern ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$
   * @allowed the name of a bucket
   * @default - no queries are saved for an existing trail
   * @examples ["organization-trail"]
   */
  readonly existingBucketName?: string;

  /**
   * ID of the organization whose trail is created, instead of one in each account of the delivery. `account` must be
   * its management account or a delegated administrator for CloudTrail.
   *
   * @default - a trail in each account of the delivery
   * @decides names
   */
  readonly organizationId?: OrganizationId;

  /**
   * Years for which trail and records are locked. No life-cycle rule removes them earlier. Required with
   * `objectLock: 'compliance'`.
   *
   * @minimum 1
   * @maximum 100
   * @asType integer
   * @default - 10
   */
  readonly retentionYears?: number;

  /**
   * Whether the lock can be shortened.
   *
   * @default "governance"
   */
  readonly objectLock?: ObjectLockMode;

  /**
   * Whether each request to an endpoint is logged, too. CloudTrail charges for each event.
   *
   * @default false
   */
  readonly invocations?: boolean;
}
