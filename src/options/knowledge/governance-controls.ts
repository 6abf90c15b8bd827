import { type GovernanceOptions, GovernanceProfile } from '../governance';

/** Controls that follow the profile unless they are given. */
export type Control = 'approvalRecords' | 'separationOfDuties' | 'boundIdentities' | 'lifeCycleStages';

/** Whether a control is on. */
export function isOn(governance: GovernanceOptions, control: Control): boolean {
  return governance[control] ?? governance.profile === GovernanceProfile.GXP;
}
