import { isHosted } from '../engines';
import { type GroupWords, namerFor, nameWithin, type PlannedName } from '../names/planned-names';
import { placeOf } from '../place';
import type { DeliverySettings } from '../settings';

/** Files of workflows are one folder's. */
const FOLDER = 'workflows';

/** The file of a workflow that a delivery has once. */
export function nameWorkflow(...words: readonly string[]): PlannedName {
  return nameWithin(FOLDER, 'workflow', ...words);
}

/** The names that a group's pipelines or workflows have. */
interface WorkflowNames {
  readonly buildPipeline: PlannedName;
  readonly deployPipeline: PlannedName;
  readonly failures: PlannedName;
}

/** The workflows of a group, where they run the delivery; they stand for its pipelines. */
export function nameWorkflows(
  words: GroupWords, delivery: DeliverySettings,
  { buildPipeline: build, deployPipeline: deploy, failures }: WorkflowNames,
) {
  if (!isHosted(delivery)) { return undefined; }
  const { regional } = namerFor(placeOf(delivery.tooling));
  return {
    build,
    deploy,
    requests: regional('table', ...words, 'requests'),
    codeParameter: regional('parameter', ...words, 'code'),
    toolsParameter: regional('parameter', ...words, 'tools'),
    ...(delivery.governance.approvalRecords ? { decisions: regional('stateMachine', ...words, 'decisions') } : {}),
    watch: {
      machine: regional('stateMachine', ...words, 'requestwatch'), rule: regional('rule', ...words, 'requestwatch'),
    },
    ...(delivery.engine.github?.app ? {
      starter: {
        function: regional('function', ...words, 'starter'),
        rule: regional('rule', ...words, 'starter'),
        waiting: `${failures.name}-startwait`,
      },
    } : {}),
  };
}

/** The environment of the host whose reviewers let a deployment in. */
export function nameHostEnvironment(delivery: DeliverySettings, ...words: readonly string[]): PlannedName | undefined {
  return isHosted(delivery)
    ? nameWithin('environments of the host', 'hostEnvironment', ...words) : undefined;
}
