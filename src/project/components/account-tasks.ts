import type { Project } from 'projen';
import { inAppGroup, withArguments } from '../commands';
import type { PythonEnvironment } from './python-environment';

/**
 * The tasks `bootstrap:guide` (how accounts and regions are prepared) and `preflight` (what is missing before the first
 * deployment).
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
  const preflight = project.addTask('preflight', {
    description: 'Report what is missing before the first '
    + 'deployment',
  });
  preflight.spawn(python.uvTask);
  preflight.exec(python.groupInstallCommand('sdk'));
  preflight.exec(command('preflight'), { receiveArgs: true });
}
