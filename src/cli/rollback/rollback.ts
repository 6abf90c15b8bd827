import { parseRetry, parseRollback, RETRY_USAGE, USAGE, type Wanted } from './arguments';
import { modelPackageGroupArn } from '../../plan/build/registry';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { packagePath } from '../../project/package-files';
import { DELIVERY_FILE, readPlan } from '../accounts/delivery-file';
import { runScript } from '../accounts/python';
import { groupDeployingTo } from '../shared/group';

/** What starts the pipeline and watches it, and what does the same where workflows deploy. */
const SCRIPTS = { pipeline: 'start_deployment.py', workflow: 'retry_deployment.py' } as const;

/** Returns an environment to the version before at once, or has a version tried again that was rolled back. */
export const rollback = (args: readonly string[]): number => carryOut(parseRollback(args), USAGE);

/** Has a version deployed to an environment, also where it was rolled back. */
export const retryDeployment = (args: readonly string[]): number => carryOut(parseRetry(args), RETRY_USAGE);

function carryOut(wanted: Wanted | undefined, usage: string): number {
  if (!wanted) {
    process.stdout.write(usage);
    return 0;
  }
  const directory = process.cwd();
  const plan = readPlan(directory, wanted.config ?? DELIVERY_FILE);
  const { environment, group: name } = wanted;
  const group = groupDeployingTo(plan, environment, name);
  const script = packagePath('tools', 'operate', SCRIPTS[group.workflows ? 'workflow' : 'pipeline']);
  return runScript(directory, script, taskOf(plan, group, wanted));
}

/** What is started, with which variables, and who may. */
function taskOf(plan: DeliveryPlan, group: PlannedGroup, { environment, retry }: Wanted): object {
  const { pipelines, roles, workflows, name } = group;
  const { region } = pipelines.place;
  const who = { role: roles.releaser.name, ...(region ? { region } : {}) };
  const version = retry === undefined ? undefined : versionArn(group, retry);
  if (!workflows) {
    const variables = version === undefined ? { RollBackIn: environment } : { RetryIn: environment, ModelPackageArn: version };
    return { pipeline: pipelines.deployPipeline, variables, ...who };
  }
  return version === undefined ? {
    action: 'return', rollBackProject: pipelines.rollBackProject, environment, ...who,
  } : {
    action: 'retry', table: workflows.requests, bus: plan.infrastructure.busArn, project: plan.delivery.name, group: name,
    variables: { MODEL_PACKAGE: version, RETRY_IN: environment }, ...who,
  };
}

function versionArn({ build }: PlannedGroup, version: string): string {
  return `${modelPackageGroupArn(build).replace('model-package-group/', 'model-package/')}/${version}`;
}
