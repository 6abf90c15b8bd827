import type { AuditTrailOptions } from '../../options/audit-trail';
import { EnvironmentType } from '../../options/deployment-group';
import { type GovernanceOptions, GovernanceProfile } from '../../options/governance';
import type { IdentityOptions } from '../../options/identity';
import type { JiraOptions } from '../../options/jira';
import { isOn } from '../../options/knowledge/governance-controls';
import type { RuleApprovalOptions } from '../../options/rule-approval';
import { type Filled, filled } from '../../options/schemas/filled';
import type { Place } from '../place';

/** Years that trail and records are kept for unless an option says otherwise. */
export const RETENTION_YEARS = 10;

/** The trail with its place and its retention. */
export type DeliveryAuditTrail = Filled<'AuditTrailOptions', AuditTrailOptions> & Place & {
  readonly retentionYears: number;
};

/** What it must know of a deployment group. */
interface Group {
  readonly name: string;
  readonly buildEnvironment: { readonly type: EnvironmentType };
  readonly deployEnvironments: ReadonlyArray<{ readonly type: EnvironmentType }>;
}

/** The rules with the groups that they are for. */
export type DeliveryRuleApproval = Filled<'RuleApprovalOptions', RuleApprovalOptions> & {
  readonly groups: readonly string[];
};

/** Every control with the value that its profile or its option gives it. */
export interface DeliveryGovernance {
  readonly profile: GovernanceProfile;
  readonly approvalRecords: boolean;
  readonly separationOfDuties: boolean;
  readonly boundIdentities: boolean;
  readonly lifeCycleStages: boolean;
  readonly auditTrail?: DeliveryAuditTrail;
  readonly identities: ReadonlyArray<Filled<'IdentityOptions', IdentityOptions>>;
  readonly sourceTokenArn?: string;
  readonly ruleApproval?: DeliveryRuleApproval;
  readonly jira?: Filled<'JiraOptions', JiraOptions>;
}

/** Every control with its value. Normalising twice changes nothing. */
export function normaliseGovernance(
  given: GovernanceOptions, tooling: Place, groups: readonly Group[],
): DeliveryGovernance {
  const governance = given as Filled<'GovernanceOptions', GovernanceOptions>;
  const { profile, auditTrail: asked, ruleApproval } = governance;
  const trail = (asked ?? (profile === GovernanceProfile.GXP ? filled('AuditTrailOptions', {}) : undefined)) as
    Filled<'AuditTrailOptions', AuditTrailOptions> | undefined;
  return {
    ...governance as DeliveryGovernance,
    approvalRecords: isOn(governance, 'approvalRecords'),
    separationOfDuties: isOn(governance, 'separationOfDuties'),
    boundIdentities: isOn(governance, 'boundIdentities'),
    lifeCycleStages: isOn(governance, 'lifeCycleStages'),
    auditTrail: trail && {
      ...trail, account: trail.account ?? tooling.account, region: trail.region ?? tooling.region,
      retentionYears: trail.retentionYears ?? RETENTION_YEARS,
    },
    ruleApproval: ruleApproval && {
      ...ruleApproval as Filled<'RuleApprovalOptions', RuleApprovalOptions>,
      groups: ruleApproval.groups ?? groups.filter(withoutProduction).map(group => group.name),
    },
  };
}

/** Whether nothing of a group is production: only such groups are approved by rule unless an option names others. */
function withoutProduction({ buildEnvironment, deployEnvironments }: Group): boolean {
  return [buildEnvironment, ...deployEnvironments].every(({ type }) => type !== EnvironmentType.PROD);
}
