import { Component, type Project } from 'projen';
import { inAppGroup, withArguments } from '../commands';
import type { PythonEnvironment } from './python-environment';
import { SYNC_VARIABLE } from '../sync/sync-request';

/**
 * The tasks `sync:preview`, `sync:status` and `sync:restore`.
 *
 * @internal
 */
export class SyncTasks extends Component {
  /**
   * @param project the project that gets the tasks
   * @param python  the environment that holds this package, where it comes from PyPI
   */
  public constructor(project: Project, python?: PythonEnvironment) {
    super(project);
    if (project.ejected || !project.defaultTask) { return; }
    const status = project.addTask('sync:status', {
      description: 'List every file with its owner and state', env: { [SYNC_VARIABLE]: 'status' },
    });
    status.spawn(project.defaultTask);
    this.add(
      'sync:preview', 'Show what projen would change, as a diff, without writing; --upgrade shows an upgrade',
      'preview', python,
    );
    this.add(
      'sync:restore', "Replace files with the project's version; yours are kept in .projen/conflicts/", 'restore',
      python,
    );
  }

  private add(name: string, description: string, command: string, python?: PythonEnvironment): void {
    const line = `sagemaker-cicd-projen ${command}`;
    if (python) {
      python.addTask(name, description, [python.command(inAppGroup(line))]);
      return;
    }
    this.project.addTask(name, { description, receiveArgs: true }).exec(withArguments(line), { receiveArgs: true });
  }
}
