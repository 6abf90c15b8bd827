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
  readonly audit?: PlannedAudit;
  readonly roles: GovernanceRoles;
}

/** What is kept for auditors, with the roles that bring it there. */
export interface PlannedAudit extends NamedAudit {
  readonly trails: readonly PlannedTrail[];
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
  /** Database and workgroup of the saved queries, and the bucket of their results; none without a bucket to ask. */
  readonly queries?: NamedQueries;
  /** Prefix of the rules and alarms in the tooling account that tell people of tampering. */
  readonly reports: string;
  /** One for each account and region of the delivery, whose calls are watched. */
  readonly trails: readonly NamedTrail[];
}

/** Saved queries over the trail. */
export interface NamedQueries {
  readonly database: string;
  readonly workgroup: string;
  readonly resultsBucket: string;
}

/** The trail of an account, and the alarms on tampering in one of its regions. */
export interface NamedTrail {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  /** The trail that is created, if one is: in each account in one region, which logs all of them. */
  readonly trail?: OwnTrail;
  /** Prefix of rules and alarms. */
  readonly alarms: string;
  /** Queue of events that could not be forwarded, and the alarm on it. */
  readonly undelivered: string;
  readonly roles: RoleIds<TrailRoles>;
}

/** A trail with the log group that it writes to, too. */
export interface OwnTrail {
  readonly name: string;
  readonly logGroup: string;
}

/** The same with its roles. */
export interface PlannedTrail extends NamedTrail {
  readonly roles: TrailRoles;
}

/** The roles of a trail. */
export interface TrailRoles {
  /** EventBridge's, forwards tampering to the bus in the tooling account. */
  readonly forwarder: PlannedRole;
  /** CloudTrail's, writes to the trail's log group; only where a trail is created. */
  readonly logs?: PlannedRole;
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
  /** What waits for the recorder: calls that decide, and pushes. */
  readonly queue: string;
  /** Rules that bring it there: from the delivery's bus, and from the account's own. */
  readonly decisionRule: string;
  readonly approvalRule: string;
  /** Brings what people decide by starting a state machine; only where workflows build and deploy. */
  readonly startRule?: string;
  /** Pushes to any branch of the repositories; only with separation of duties, for CodeCommit. */
  readonly pushRule?: string;
  /** Prefix of rules, queues and alarms. */
  readonly failures: string;
  /** The same of approvals by rule and through Jira, and of messages about decisions. */
  readonly approvals: string;
}

/** The roles of governance in the tooling account; those in the build accounts are the groups'. */
export interface GovernanceRoles {
  /** The recorder's: reads packages, writes records, has a refused approval taken back. */
  readonly recorder?: PlannedRole;
  /** Of the state machines that people start to decide; they only log. */
  readonly decisions?: PlannedRole;
  /** Of the function that approves by rule. */
  readonly ruleApproval?: PlannedRole;
  /** Of the function that opens issues and follows their transitions. */
  readonly jira?: PlannedRole;
  /** Of the function that Jira calls. */
  readonly jiraWebhook?: PlannedRole;
}
