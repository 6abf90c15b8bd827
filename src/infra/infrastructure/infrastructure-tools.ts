import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { INFRASTRUCTURE_CHAIN } from '../../plan/govern/evidence-grants';
import {
  type PlannedInfrastructurePipeline, type PlannedInfrastructureWorkflow, SELF,
} from '../../plan/infrastructure/model';
import type { DeliveryPlan } from '../../plan/model';
import { evidence } from '../shared/evidence';
import { toolsAsset, toolsIn } from '../shared/tools-asset';

/** Files of the deploy tools that these stand on. */
const SHARED = [
  'approvals_table', 'assets', 'awaiting', 'aws', 'engine_words', 'objects', 'read_targets', 'stack', 'targets', 'tell',
].map(name => `deploy/${name}.py`);

/** With which the wait for a decision looks for its record. */
const RECORDS = [
  'deploy/awaited_records.py', 'govern/record_store.py', 'govern/standing.py', '../runner/local_runner/records.py',
];

/** What is deployed one after the other. */
type Stages = Pick<PlannedInfrastructurePipeline, 'self' | 'tiers'>
  & Pick<PlannedInfrastructureWorkflow, 'approvals' | 'decisions'>;

/** Whom the workflow tells of stages that wait for a person, and of failures. */
function told({ infrastructure: { workflow, bus } }: DeliveryPlan): object {
  if (!workflow) { return {}; }
  const all = [[SELF, workflow.self] as const, ...workflow.tiers.map(tier => [tier.type, tier] as const)];
  return { told: { bus, asks: all.filter(([, tier]) => tier.manualApproval).map(([key]) => key) } };
}

/** The tools that show and execute changes, with the stacks of each stage. */
export function infrastructureTools(
  scope: Construct, plan: DeliveryPlan, pipeline: Stages,
): Asset {
  const tools = [...SHARED, ...RECORDS, ...toolsIn('infrastructure', /\.(py|json)$/)];
  return toolsAsset(scope, tools, { 'stages.json': stages(plan, pipeline) });
}

/** The stacks of each stage in their waves; what says no account or region is in the pipeline's own. */
function stages(plan: DeliveryPlan, { self, tiers, approvals, decisions }: Stages): object {
  const stack = (name: string) => ({ name, ...plan.stacks.find(s => s.name === name)!.place });
  const waves = (all: ReadonlyArray<readonly string[]>) => all.map(wave => wave.map(stack));
  return {
    project: plan.delivery.name,
    qualifier: plan.delivery.infrastructure.bootstrapQualifier,
    ...(approvals === undefined ? {} : { approvals }),
    ...(decisions === undefined ? {} : { chain: INFRASTRUCTURE_CHAIN, ...evidence(plan) }),
    ...told(plan),
    stages: { [SELF]: waves(self.waves), ...Object.fromEntries(tiers.map(tier => [tier.type, waves(tier.waves)])) },
  };
}
