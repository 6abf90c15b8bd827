import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { workflowFileName } from '../../plan/workflows/model';

/**
 * What the function works on, as `tools/start/start_settings.py` reads it; with the plan's placeholders. Each workflow
 * runs on the branch that roles trust: deployments are of the default branch, builds of the group's.
 */
export function starterSettings({ delivery, infrastructure }: DeliveryPlan, group: PlannedGroup): object {
  const { build, deploy, requests } = group.workflows!;
  const { repositoryId, defaultBranch, app } = delivery.engine.github!;
  return {
    project: delivery.name,
    group: group.name,
    bus: infrastructure.busArn,
    table: requests,
    repository: delivery.source.repository,
    repositoryId,
    ...app!,
    workflows: {
      deploy: { file: workflowFileName(deploy), ref: defaultBranch },
      build: { file: workflowFileName(build), ref: group.sourceBranch },
    },
  };
}
