import type { Project } from 'projen';
import { isHosted } from '../../plan/engines';
import { asksInAws } from '../../plan/infrastructure/approver';
import type { DeliveryPlan } from '../../plan/model';
import { inAppGroup, withArguments } from '../commands';
import type { PythonEnvironment } from './python-environment';

/**
 * The tasks `bootstrap:guide` (how accounts and regions are prepared), `preflight` (what is missing before the first
 * deployment), `approve` and `reject` (a person decides about a version) and `rollback` (an environment returns to the
 * version before), `audit:verify` and `audit:export` (the records of decisions); with monitors also `monitor:overview`;
 * where workflows deploy also `deployment:retry`, and where people approve in AWS `deployment:approve`.
 *
 * @param project  the project that gets the tasks
 * @param python   the environment whose group `sdk` has boto3
 * @param isPython whether this package comes from PyPI
 * @param plan     the delivery, of which some tasks depend
 */
export function addAccountTasks(
  project: Project, python: PythonEnvironment, isPython: boolean, { groups, delivery }: DeliveryPlan,
): void {
  const command = (name: string) => {
    const line = `sagemaker-cicd-projen ${name}`;
    return withArguments(isPython ? python.command(inAppGroup(line)) : line);
  };
  const guide = project.addTask('bootstrap:guide', {
    description: 'Print the commands that prepare the accounts, and write their policies',
  });
  if (isPython) { guide.spawn(python.uvTask); }
  guide.exec(command('bootstrap-guide'), { receiveArgs: true });
  const reaching = (name: string, description: string, line = name) => {
    const task = project.addTask(name, { description });
    task.spawn(python.uvTask);
    task.exec(python.groupInstallCommand('sdk'));
    task.exec(command(line), { receiveArgs: true });
  };
  reaching('audit:export', 'Write the records of a version as a page and as JSON (VERSION)', 'audit-export');
  reaching('audit:verify', 'Check the chains of approval records (--local, --from FOLDER)', 'audit-verify');
  if (isHosted(delivery) && asksInAws(delivery)) {
    reaching(
      'deployment:approve', 'Approve a deployment that a workflow waits with (--environment, --run, --why "...")',
      'approve-deployment',
    );
  }
  if (groups.some(({ workflows }) => workflows !== undefined)) {
    reaching(
      'deployment:retry', 'Have a version deployed, also where it was rolled back (--environment, --version)',
      'retry-deployment',
    );
  }
  if (groups.some(({ environments }) => environments.some(({ monitoring }) => monitoring !== undefined))) {
    reaching('monitor:overview', 'Show what the newest run of each monitor found, in all environments', 'monitor-overview');
  }
  reaching('preflight', 'Report what is missing before the first deployment');
  reaching('approve', 'Approve a version of the model, with a reason (VERSION --why "...")');
  reaching('reject', 'Reject a version of the model, with a reason (VERSION --why "...")');
  reaching('rollback', 'Return an environment to the version before at once, or try a version again (--retry)');
}
