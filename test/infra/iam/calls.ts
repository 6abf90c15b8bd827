import { approvalSteps } from './calls/approvals';
import { buildSteps } from './calls/build';
import { environmentSteps } from './calls/environment';
import { governSteps } from './calls/govern';
import { infrastructureSteps } from './calls/infrastructure';
import { retrainingSteps } from './calls/retraining';
import { serviceSteps } from './calls/services';
import { toolingSteps, upgradeSteps } from './calls/tooling';
import { infrastructureWorkflowSteps, workflowSteps } from './calls/workflows';
import type { Step, World } from './calls/world';

/** Everything that the parts of a delivery call while they work, with where that is known from. */
export function stepsOf(world: World): Step[] {
  return [
    ...world.plan.groups.flatMap(group => [
      ...buildSteps(world, group), ...(group.workflows ? workflowSteps : toolingSteps)(world, group),
      ...retrainingSteps(world, group),
      ...group.environments.flatMap(e => environmentSteps(world, group, e)),
    ]),
    ...infrastructureSteps(world), ...infrastructureWorkflowSteps(world),
    ...approvalSteps(world), ...governSteps(world),
    ...upgradeSteps(world),
    ...serviceSteps(world),
  ];
}
