import type { Place } from '../place';
import type { PlannedRole, RoleIds } from '../roles/role-model';

/** What a delivery has for its governance, each part only if its control is on. */
export interface NamedGovernance {
  readonly audit?: NamedAudit;
  readonly decisions?: NamedDecisions;
  readonly roles: RoleIds<GovernanceRoles>;
}

/** The same with roles. */
export interface PlannedGovernance extends NamedGovernance {
  readonly roles: GovernanceRoles;
}

/** What is kept for auditors, in the audit account. */
export interface NamedAudit {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  /** What the trails deliver to; undefined when there is a trail already. */
  readonly trailBucket?: string;
  /** Approval records and the evidence that they name; undefined without approval records. */
  readonly evidenceBucket?: string;
  /** One for each account of the delivery, whose calls are watched. */
  readonly trails: readonly NamedTrail[];
}

/** The trail of an account, or the alarms on one that is there already. */
export interface NamedTrail {
  readonly place: Place;
  readonly stack: string;
  /** Name of the trail that is created, if one is. */
  readonly trail?: string;
  /** Prefix of rules and alarms. */
  readonly alarms: string;
}

/** What decides and records, in the tooling account. */
export interface NamedDecisions {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  /** Functions: of records, of approval by rule, of Jira's issues and of its webhook. */
  readonly recorder: string;
  readonly ruleApproval?: string;
  readonly jira?: string;
  readonly jiraWebhook?: string;
  /** Prefix of rules, queues and alarms. */
  readonly failures: string;
}

/** The roles of governance in the tooling account; those in the build accounts are the groups'. */
export interface GovernanceRoles {
  /** The recorder's: reads packages, writes records, has a refused approval taken back. */
  readonly recorder?: PlannedRole;
  /** Of the function that approves by rule. */
  readonly ruleApproval?: PlannedRole;
  /** Of the function that opens issues and follows their transitions. */
  readonly jira?: PlannedRole;
}
