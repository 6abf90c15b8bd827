import type { Project } from 'projen';
import { inAppGroup, withArguments } from '../commands';
import type { PythonEnvironment } from './python-environment';

/**
 * The tasks `bootstrap:guide` (how accounts and regions are prepared), `preflight` (what is missing before the first
 * deployment) and `rollback` (an environment returns to the version before).
 *
 * @param project  the project that gets the tasks
 * @param python   the environment whose group `sdk` has boto3
 * @param isPython whether this package comes from PyPI
 */
export function addAccountTasks(project: Project, python: PythonEnvironment, isPython: boolean): void {
  const command = (name: string) => {
    const line = `sagemaker-cicd-projen ${name}`;
    return withArguments(isPython ? python.command(inAppGroup(line)) : line);
  };
  const guide = project.addTask('bootstrap:guide', {
    description: 'Print the commands that prepare the accounts, and write their policies',
  });
  if (isPython) { guide.spawn(python.uvTask); }
  guide.exec(command('bootstrap-guide'), { receiveArgs: true });
  const reaching = (name: string, description: string) => {
    const task = project.addTask(name, { description });
    task.spawn(python.uvTask);
    task.exec(python.groupInstallCommand('sdk'));
    task.exec(command(name), { receiveArgs: true });
  };
  reaching('preflight', 'Report what is missing before the first deployment');
  reaching('rollback', 'Return an environment to the version before at once, or try a version again (--retry)');
}
