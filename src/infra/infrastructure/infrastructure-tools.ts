import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { type PlannedInfrastructurePipeline, type PlannedInfrastructureWorkflow, SELF } from '../../plan/infrastructure/model';
import type { DeliveryPlan } from '../../plan/model';
import { toolsAsset, toolsIn } from '../shared/tools-asset';

/** Files of the deploy tools that these stand on. */
const SHARED = [
  'approvals_table', 'assets', 'awaiting', 'aws', 'objects', 'read_targets', 'stack', 'targets',
].map(name => `deploy/${name}.py`);

/** What is deployed one after the other. */
type Stages = Pick<PlannedInfrastructurePipeline, 'self' | 'tiers'> & Pick<PlannedInfrastructureWorkflow, 'approvals'>;

/** The tools that show and execute changes, with the stacks of each stage. */
export function infrastructureTools(
  scope: Construct, plan: DeliveryPlan, pipeline: Stages,
): Asset {
  const tools = [...SHARED, ...toolsIn('infrastructure', /\.(py|json)$/)];
  return toolsAsset(scope, tools, { 'stages.json': stages(plan, pipeline) });
}

/** The stacks of each stage in their waves; what says no account or region is in the pipeline's own. */
function stages(plan: DeliveryPlan, { self, tiers, approvals }: Stages): object {
  const stack = (name: string) => ({ name, ...plan.stacks.find(s => s.name === name)!.place });
  const waves = (all: ReadonlyArray<readonly string[]>) => all.map(wave => wave.map(stack));
  return {
    project: plan.delivery.name,
    qualifier: plan.delivery.infrastructure.bootstrapQualifier,
    ...(approvals === undefined ? {} : { approvals }),
    stages: { [SELF]: waves(self.waves), ...Object.fromEntries(tiers.map(tier => [tier.type, waves(tier.waves)])) },
  };
}
