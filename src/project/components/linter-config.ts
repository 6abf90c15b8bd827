import { Component, type Project } from 'projen';
import { withArguments } from '../commands';
import { packageText } from '../package-files';
import type { PythonEnvironment } from './python-environment';

/**
 * The tasks `lint` and `test`. Python is checked by ruff and mypy (strict), TypeScript by its compiler: the one place
 * where type errors in the options show before they are used.
 *
 * @internal
 */
export class LinterConfig extends Component {
  /**
   * The tables of ruff, mypy and pytest in `pyproject.toml`; the templates of this package are checked with the same
   * ones.
   */
  public static toml(): string {
    return packageText('templates', 'python-tools.toml');
  }

  public constructor(project: Project, python: PythonEnvironment, typescript: boolean) {
    super(project);
    const typecheck = typescript ? ['tsc --noEmit'] : [];
    const lint = [...typecheck, python.command('ruff check'), python.command('mypy')];
    python.addTask('lint', 'Check the code: ruff, mypy and, in TypeScript, its compiler', lint);
    python.prepare(project.testTask);
    for (const command of typecheck) { project.testTask.exec(command); }
    project.testTask.exec(withArguments(python.command('python -m pytest')), { receiveArgs: true });
  }
}
