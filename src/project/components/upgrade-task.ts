import type { Project } from 'projen';
import { inAppGroup, withArguments } from '../commands';
import type { FilledProject } from '../filled-project';
import type { PythonEnvironment } from './python-environment';
import { UpgradeWorkflow } from './upgrade-workflow';
import { isGitHub } from '../../plan/upgrade/schedule';

/**
 * The task `upgrade` (newer versions of this package, the CDK and the SDK, the synth, the tests) and, for a repository
 * on GitHub, the workflow that runs it on schedule. For other sources the infrastructure has a scheduled build.
 */
export function addUpgrades(project: Project, python: PythonEnvironment, options: FilledProject): void {
  const task = project.addTask('upgrade', {
    description: 'Bring newer versions in, synthesize, test, say what changed; --to VERSION chooses this package\'s',
  });
  task.spawn(python.uvTask);
  const command = 'sagemaker-cicd-projen upgrade';
  task.exec(withArguments(options.projenrcPython ? python.command(inAppGroup(command)) : command), {
    receiveArgs: true,
  });

  const { schedule, pullRequests } = options.upgrade;
  if (schedule === 'never' || !pullRequests || !isGitHub(options.source.type)) { return; }
  const [group] = options.deploymentGroups ?? [];
  new UpgradeWorkflow(project, { schedule, baseBranch: group?.sourceBranch ?? group?.name });
}
