import type { IConstruct } from 'constructs';
import { asksInAws } from '../../plan/infrastructure/approver';
import type { DeliveryPlan } from '../../plan/model';
import { INFRASTRUCTURE_AWAITED, INFRASTRUCTURE_FAILED } from '../../plan/workflows/infrastructure-events';
import { TOOLS_SOURCE } from '../../plan/workflows/model';
import { rerunWords, startCommand } from '../shared/deploy-words';
import type { Failure } from '../shared/failure-watch';
import { about, COMMON, from, WHERE } from '../shared/failures';

/** Whether a person is asked before a stage of the infrastructure's workflow is deployed. */
export function asks({ infrastructure: { workflow } }: DeliveryPlan): boolean {
  return workflow !== undefined && [workflow.self, ...workflow.tiers].some(tier => tier.manualApproval);
}

/** What is to be told of the workflow that deploys the infrastructure (`tools/infrastructure/telling.py`). */
export function infrastructureMessages(scope: IConstruct, plan: DeliveryPlan): Failure[] {
  return [failed(scope, plan), ...(asks(plan) ? [awaited(scope, plan)] : [])];
}

/** Runs that ended badly, as their last job tells. */
function failed(scope: IConstruct, plan: DeliveryPlan): Failure {
  const { delivery, infrastructure: { bus, workflow } } = plan;
  const { name, infrastructure: { sourceBranch } } = delivery;
  return {
    kind: 'workflows',
    bus,
    description: `Failed runs of the workflow that deploys the infrastructure of ${name}`,
    pattern: pattern(scope, plan, INFRASTRUCTURE_FAILED),
    parts: { ...COMMON, run: '$.detail.run' },
    message: [
      'FAILED: run of the workflow that deploys the infrastructure',
      about({ project: name }),
      `Once the cause is fixed, ${rerunWords(delivery)}: that continues with the same commit. This looks at the newest `
        + 'commit instead:',
      startCommand(delivery, workflow!.name, sourceBranch),
      WHERE,
      'Look at <run>',
    ],
  };
}

/** Stages whose changes were shown and that a person lets in, as the job tells that has shown them. */
function awaited(scope: IConstruct, plan: DeliveryPlan): Failure {
  const { delivery, infrastructure: { bus } } = plan;
  const { name } = delivery;
  return {
    kind: 'awaited',
    bus,
    isNoFailure: true,
    description: `Changes of the infrastructure of ${name} that wait for an approval`,
    pattern: pattern(scope, plan, INFRASTRUCTURE_AWAITED),
    parts: {
      ...COMMON, stage: '$.detail.stage', digest: '$.detail.digest', id: '$.detail.id', run: '$.detail.run',
    },
    message: [
      'WAITING: the change of the infrastructure, stage <stage>, needs an approval',
      about({ project: name }),
      ...(asksInAws(delivery) ? [
        'What it changes is in the summary of its run. Approve it, or reject it with --reject; say why with --why:',
        'npx projen deployment:approve -- --infrastructure <stage> --digest <digest> --run <id>',
      ] : [
        'What it changes is in the summary of its run. The reviewers of the environment answer there, with Review '
          + 'deployments.',
      ]),
      WHERE,
      'Look at <run>',
    ],
  };
}

function pattern(
  scope: IConstruct, { delivery: { name }, infrastructure: { place } }: DeliveryPlan, type: string,
): object {
  return { ...from(scope, place), 'source': [TOOLS_SOURCE], 'detail-type': [type], 'detail': { project: [name] } };
}
