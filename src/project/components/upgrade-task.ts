import type { Project } from 'projen';
import { inAppGroup, withArguments } from '../commands';
import type { PythonEnvironment } from './python-environment';
import { UpgradeWorkflow } from './upgrade-workflow';
import type { DeliveryPlan } from '../../plan/model';

/**
 * The task `upgrade` (newer versions of this package, the CDK and the SDK, the synth, the tests) and, where the host's
 * own engine runs it on schedule, the workflow. Elsewhere the infrastructure has a scheduled build.
 */
export function addUpgrades(
  project: Project, python: PythonEnvironment, { engines, delivery }: DeliveryPlan, projenrcPython: boolean,
): void {
  const task = project.addTask('upgrade', {
    description: "Upgrade all packages, synthesize, test, report what changed; --to VERSION selects this package's",
  });
  task.spawn(python.uvTask);
  const command = 'sagemaker-cicd-projen upgrade';
  task.exec(withArguments(projenrcPython ? python.command(inAppGroup(command)) : command), {
    receiveArgs: true,
  });

  if (engines.upgrade !== 'github-actions') { return; }
  const { upgrade: { schedule }, deploymentGroups: [{ sourceBranch }] } = delivery;
  new UpgradeWorkflow(project, { schedule, baseBranch: sourceBranch });
}
