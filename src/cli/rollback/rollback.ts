import { parseRollback, USAGE, type Wanted } from './arguments';
import { modelPackageGroupArn } from '../../plan/build/registry';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { packagePath } from '../../project/package-files';
import { DELIVERY_FILE, readPlan } from '../accounts/delivery-file';
import { runScript } from '../accounts/python';
import { UserError } from '../shared/command';

/** What starts the pipeline and watches it. */
const SCRIPT = packagePath('tools', 'operate', 'start_deployment.py');

/** Returns an environment to the version before at once, or has a version tried again that was rolled back. */
export function rollback(args: readonly string[]): number {
  const wanted = parseRollback(args);
  if (!wanted) {
    process.stdout.write(USAGE);
    return 0;
  }
  const directory = process.cwd();
  const plan = readPlan(directory, wanted.config ?? DELIVERY_FILE);
  return runScript(directory, SCRIPT, executionOf(plan, wanted));
}

/** What is started: the pipeline, its variables, and who may. */
export function executionOf(plan: DeliveryPlan, wanted: Wanted): object {
  const group = groupOf(plan, wanted);
  const { pipelines, roles } = group;
  const variables = wanted.retry === undefined ? { RollBackIn: wanted.environment } : {
    RetryIn: wanted.environment,
    ModelPackageArn: `${modelPackageGroupArn(group.build).replace('model-package-group/', 'model-package/')}`
      + `/${wanted.retry}`,
  };
  return {
    pipeline: pipelines.deployPipeline, variables, role: roles.releaser.name,
    ...(pipelines.place.region ? { region: pipelines.place.region } : {}),
  };
}

/** The group that deploys to the environment, by its name where several have one of that name. */
function groupOf({ groups }: DeliveryPlan, { environment, group }: Wanted): PlannedGroup {
  const known = groups.filter(({ name }) => group === undefined || name === group);
  if (known.length === 0) {
    throw new UserError(`There is no deployment group ${group}. Groups: ${groups.map(g => g.name).join(', ')}.`);
  }
  const found = known.filter(({ environments }) => environments.some(e => e.name === environment));
  if (found.length === 1) { return found[0]; }
  if (found.length > 1) {
    const names = found.map(g => g.name).join(', ');
    throw new UserError(`Several groups deploy to ${environment}: name one of ${names} with --group.`);
  }
  const names = known.flatMap(({ environments }) => environments.map(e => e.name));
  throw new UserError(`There is no environment ${environment}. Environments: ${[...new Set(names)].join(', ')}.`);
}
