import { nameHostEnvironment, nameWorkflow } from './names';
import { asksInAws } from '../infrastructure/approver';
import type { Reach } from '../infrastructure/deployers';
import { SELF } from '../infrastructure/model';
import { namerFor, type PlannedName } from '../names/planned-names';
import { placeOf } from '../place';
import type { DeliverySettings } from '../settings';

/** The workflow that deploys the infrastructure, and what it needs in the tooling account. */
export function nameInfrastructureWorkflow(delivery: DeliverySettings, reaches: readonly Reach[]) {
  const { name, tooling, governance: { approvalRecords } } = delivery;
  const { regional } = namerFor(placeOf(tooling));
  const stages = [SELF, ...reaches.map(({ type }) => type)];
  return {
    name: nameWorkflow('infrastructure'),
    stack: regional('stack', name, 'infrastructureworkflow'),
    keyAlias: regional('keyAlias', name, 'infrastructureworkflow'),
    toolsParameter: regional('parameter', name, 'infrastructuretools'),
    ...(approvalRecords ? { decisions: regional('stateMachine', name, 'infrastructuredecisions') } : {}),
    ...(asksInAws(delivery) && !approvalRecords ? { approvals: regional('table', name, 'approvals') } : {}),
    deployers: reaches.map(({ type, places }) => ({ type, places })),
    hostEnvironments: Object.fromEntries(stages.map(stage => [
      stage, nameHostEnvironment(delivery, 'infrastructure', stage)!,
    ])) as { readonly [stage: string]: PlannedName },
  };
}
