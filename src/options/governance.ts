import type { AuditTrailOptions } from './audit-trail';
import type { IdentityOptions } from './identity';
import type { JiraOptions } from './jira';
import type { SecretArn } from './limits';
import type { RuleApprovalOptions } from './rule-approval';

/** Which controls are on unless an option of their own says otherwise. */
export enum GovernanceProfile {
  /** Encryption, least privilege and approvals, as everywhere; no records beyond those of the AWS services. */
  STANDARD = 'standard',
  /** Everything that regulated teams need (21 CFR Part 11, EU GMP Annex 11). */
  GXP = 'gxp',
}

/**
 * Who approved what, when and why; who may not; and where that is kept.
 *
 * @allowed an object with a profile, or with single switches
 */
export interface GovernanceOptions {
  /**
   * Which controls are on by default. `gxp` turns on the audit trail, approval records, separation of duties, bound
   * identities and life-cycle stages.
   *
   * @default "standard"
   * @decides names
   */
  readonly profile?: GovernanceProfile;

  /**
   * Writes a record of each decision about a model, a deployment or the infrastructure: who, when, why, and the SHA-256
   * of what was decided about. Records are chained by hashes and locked. A model package is deployed only with one.
   *
   * @default - true with the profile gxp
   * @decides names
   */
  readonly approvalRecords?: boolean;

  /**
   * Refuses an approval by somebody who pushed or merged a commit of the model or started its build. Needs
   * `approvalRecords`.
   *
   * @default - true with the profile gxp
   */
  readonly separationOfDuties?: boolean;

  /**
   * Lets nobody approve under a name that they chose themselves: the session of an approver carries the name of the IAM
   * user, of the Identity Center user, or the source identity that the identity provider set.
   *
   * @default - true with the profile gxp
   */
  readonly boundIdentities?: boolean;

  /**
   * Moves each version through the life-cycle stages Development, QA, PreProduction, Production and Archived; IAM lets
   * each role make its own moves only.
   *
   * @default - true with the profile gxp
   * @decides names
   */
  readonly lifeCycleStages?: boolean;

  /**
   * The trail of all calls, in an account of its own if you name one.
   *
   * @default - none with the profile standard; one in the tooling account with gxp
   * @decides names
   */
  readonly auditTrail?: AuditTrailOptions;

  /**
   * Who is who in git, AWS and Jira. With the profile gxp, somebody who is not listed can neither approve nor have
   * their commits approved by a person.
   *
   * @maxItems 500
   * @default []
   */
  readonly identities?: IdentityOptions[];

  /**
   * ARN of a secret with an access token of the source's host, which may read events of the repository: connections do
   * not say who pushed. Required for separation of duties if the source is not CodeCommit.
   *
   * @default - none
   */
  readonly sourceTokenArn?: SecretArn;

  /**
   * Approves versions for which all of these rules hold, without a person.
   *
   * @default - no version is approved by rule
   * @decides names
   */
  readonly ruleApproval?: RuleApprovalOptions;

  /**
   * Opens a Jira issue for each version; its transitions approve or reject.
   *
   * @default - no issues
   * @decides names
   */
  readonly jira?: JiraOptions;
}
