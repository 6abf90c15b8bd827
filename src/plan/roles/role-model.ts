import type { PeopleOptions } from '../../options/approvers';
import type { Place } from '../place';
import type { GitlabTrust, WorkflowTrust } from '../workflows/model';

/** Who may assume a role. */
export type Principal =
  /** A service that acts for this account; or, with the reason why that cannot be asked of it, for any. */
  | { readonly service: string; readonly anyAccount?: string }
  | People
  /** Roles of one account, by their ARNs. */
  | { readonly roles: readonly string[] }
  /** A job of a workflow at the repository's host. */
  | { readonly job: WorkflowTrust }
  /** The same of a pipeline at GitLab. */
  | { readonly pipeline: GitlabTrust };

/** The people who approve, through a role in an account: those that are named, or everyone whom the account allows. */
export interface People {
  readonly account: string | undefined;
  readonly named: PeopleOptions | undefined;
  /** Whether their sessions carry names that they cannot choose. */
  readonly bound?: boolean;
}

/** Condition operators of a policy statement. */
export interface Conditions {
  readonly [operator: string]: { readonly [key: string]: string | readonly string[] };
}

/** One statement of a role's policy, with the reason for it. */
export interface Grant {
  readonly sid: string;
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
  /** What the role does with it. */
  readonly why: string;
  /** Why an action or resource cannot be named exactly; required wherever an allowed one has a `*`. */
  readonly wildcard?: string;
}

/** How a role is called and where it is; enough for others to refer to it. */
export interface RoleId {
  readonly name: string;
  readonly arn: string;
  readonly place: Place;
}

/** A role: where it is, who assumes it, what it may do. Policies, and the table in the docs, are made from this. */
export interface PlannedRole extends RoleId {
  readonly purpose: string;
  readonly assumedBy: Principal;
  readonly grants: readonly Grant[];
}

/** Roles that are not made yet but have their names. */
export type RoleIds<Roles> = { readonly [R in keyof Roles]: RoleId };
