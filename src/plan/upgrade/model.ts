import type { PlannedRole, RoleIds } from '../roles/role-model';

/** The scheduled build that looks for newer versions, in the tooling account. */
export interface NamedUpgrade {
  /** Deployment group whose branch is upgraded, and whose key and bucket are used. */
  readonly group: string;
  readonly sourceBranch: string;
  /** EventBridge schedule. */
  readonly schedule: string;
  readonly rule: string;
  readonly project: string;
  /** Fetches the commit; only for sources that are reached through a connection. */
  readonly pipeline?: string;
  /** ARN of what the rule starts. */
  readonly targetArn: string;
  readonly roles: RoleIds<UpgradeRoles>;
}

/** The same with its roles. */
export interface PlannedUpgrade extends NamedUpgrade {
  readonly roles: UpgradeRoles;
}

/** The roles of the scheduled build that looks for newer versions, in the tooling account. */
export interface UpgradeRoles {
  /** EventBridge's, starts the build. */
  readonly trigger: PlannedRole;
  /** CodeBuild's. */
  readonly runner: PlannedRole;
  /** CodePipeline's, for sources that are reached through a connection. */
  readonly pipeline?: PlannedRole;
}
