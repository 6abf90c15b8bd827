import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { PlannedInfrastructurePipeline } from '../../plan/infrastructure/model';
import type { DeliveryPlan } from '../../plan/model';

const TOOLS = path.resolve(__dirname, '..', '..', '..', 'tools');
/** Files of the deploy tools that these stand on. */
const SHARED = ['assets.py', 'aws.py', 'targets.py'];

/** Key of the stage in which the pipeline deploys itself. */
export const SELF = 'self';

/** The tools that show and execute changes, with the stacks of each stage. */
export function infrastructureTools(
  scope: Construct, plan: DeliveryPlan, pipeline: PlannedInfrastructurePipeline,
): Asset {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'infrastructure-tools-'));
  try {
    const own = path.join(TOOLS, 'infrastructure');
    const files = [
      ...SHARED.map(file => path.join(TOOLS, 'deploy', file)),
      ...fs.readdirSync(own).filter(name => name.endsWith('.py')).map(name => path.join(own, name)),
    ];
    for (const file of files) { fs.copyFileSync(file, path.join(folder, path.basename(file))); }
    fs.writeFileSync(path.join(folder, 'stages.json'), `${JSON.stringify(stages(plan, pipeline), undefined, 2)}\n`);
    // The mode counts for the asset's hash and must not depend on the user's umask.
    for (const file of fs.readdirSync(folder)) { fs.chmodSync(path.join(folder, file), 0o644); }
    return new Asset(scope, 'Tools', { path: folder });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
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
