import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { PlannedInfrastructurePipeline } from '../../plan/infrastructure/model';
import type { DeliveryPlan } from '../../plan/model';
import { toolsAsset, toolsIn } from '../shared/tools-asset';

/** Files of the deploy tools that these stand on. */
const SHARED = ['assets.py', 'aws.py', 'objects.py', 'stack.py', 'targets.py'].map(file => `deploy/${file}`);

/** Key of the stage in which the pipeline deploys itself. */
export const SELF = 'self';

/** The tools that show and execute changes, with the stacks of each stage. */
export function infrastructureTools(
  scope: Construct, plan: DeliveryPlan, pipeline: PlannedInfrastructurePipeline,
): Asset {
  const tools = [...SHARED, ...toolsIn('infrastructure', /\.py$/)];
  return toolsAsset(scope, tools, { 'stages.json': stages(plan, pipeline) });
}

/** The stacks of each stage in their waves; what says no account or region is in the pipeline's own. */
function stages(plan: DeliveryPlan, { self, tiers }: PlannedInfrastructurePipeline): object {
  const stack = (name: string) => ({ name, ...plan.stacks.find(s => s.name === name)!.place });
  const waves = (all: ReadonlyArray<readonly string[]>) => all.map(wave => wave.map(stack));
  return {
    project: plan.delivery.name,
    qualifier: plan.delivery.infrastructure.bootstrapQualifier,
    stages: { [SELF]: waves(self.waves), ...Object.fromEntries(tiers.map(tier => [tier.type, waves(tier.waves)])) },
  };
}
