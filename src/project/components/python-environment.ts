import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, type Project, type Task, TextFile } from 'projen';
import { failing, LOCK_FITS } from '../../ci/lock-check';
import { UV_VERSION } from '../../options/knowledge/uv-version';
import { taskCommand, withArguments } from '../commands';
import { pyprojectToml } from './pyproject';
import { isUserOwned } from '../sync/ownership';
import { SyncedFile } from '../sync/synced-file';
import { Synchronisation } from '../sync/synchronisation';

/** Makes Python commands possible; see `readyTask`. */
const READY = 'scripts/python-ready.sh';

const INSTALL_UV = 'python3 -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check '
  + `uv==${UV_VERSION}`;

/** Dependencies and tools of a repository's Python code. */
export interface PythonEnvironmentOptions {
  /**
   * Name of the Python project in `pyproject.toml`.
   * @default - the name of the projen project
   */
  readonly packageName?: string;
  /**
   * Versions of Python that the repository supports.
   * @default ">=3.11"
   */
  readonly requiresPython?: string;
  /** Requirements of the code itself, for example `pandas>=2.2,<4`. */
  readonly dependencies: string[];
  /**
   * Requirements by dependency group. The groups in `defaultGroups` are installed beside the dependencies; any other
   * only on request.
   * @default - no groups
   */
  readonly groups?: { [group: string]: string[] };
  /**
   * Groups that are installed by default.
   * @default ["dev"]
   */
  readonly defaultGroups?: string[];
  /**
   * Further TOML text for `pyproject.toml`, such as the tables of linters.
   * @default - none
   */
  readonly tools?: string;
}

/**
 * The Python environment of a repository: `pyproject.toml` with dependency groups, a committed `uv.lock`, frozen
 * installs.
 *
 * `uv` is taken from the PATH; where there is none, one is installed into `.uv/` of the repository with the Python that
 * is there. Works in any projen project.
 */
export class PythonEnvironment extends Component {
  /** Makes `uv` available; the tasks that install spawn this one first. */
  public readonly uvTask: Task;
  /** Resolves the dependencies again and writes `uv.lock`. */
  public readonly lockTask: Task;
  /**
   * Makes `uv` available, and writes `uv.lock` again if `pyproject.toml` asks for something else, which fails in a
   * build. The tasks that run Python begin with it.
   */
  public readonly readyTask: Task;
  /** Installs exactly what `uv.lock` says into `.venv`. */
  public readonly installTask: Task;
  private readonly defaultGroups: string[];

  /**
   * @param project the project that gets the environment
   * @param options its dependencies
   */
  public constructor(project: Project, options: PythonEnvironmentOptions) {
    super(project);
    this.defaultGroups = options.defaultGroups ?? ['dev'];
    new SyncedFile(project, 'pyproject.toml', {
      content: pyprojectToml({
        name: options.packageName ?? project.name,
        requiresPython: options.requiresPython ?? '>=3.11',
        dependencies: options.dependencies,
        groups: options.groups ?? {},
        defaultGroups: this.defaultGroups,
        tools: options.tools ?? '',
      }),
    });
    project.gitignore.exclude(
      '/.uv/', '/.venv/', '/.venv-*/', '__pycache__/', '*.pyc', '.pytest_cache/', '.mypy_cache/', '.ruff_cache/',
    );
    project.gitignore.include('/uv.lock');
    project.tasks.addEnvironment('PATH', '$(echo "$PWD/.uv/bin:$PWD/node_modules/.bin:$PATH")');

    this.uvTask = project.addTask('python:uv', {
      description: 'Make uv available',
      condition: '! which uv >/dev/null',
      steps: [
        { say: 'Installing uv into .uv/ (it is not on the PATH)' },
        { exec: INSTALL_UV },
      ],
    });
    this.lockTask = project.addTask('python:lock', {
      description: 'Resolve the Python dependencies and write uv.lock',
      steps: [{ spawn: this.uvTask.name }, { exec: 'uv lock' }],
    });
    this.readyTask = project.addTask('python:ready', {
      description: 'Make uv available, and write uv.lock again if pyproject.toml asks for something else',
      exec: `sh ${this.readyScript().path}`,
    });
    this.installTask = project.addTask('python:install', {
      description: 'Install exactly what uv.lock lists', steps: [
        { spawn: this.readyTask.name }, { exec: 'uv sync --frozen' },
      ],
    });
  }

  /**
   * The command that runs a Python command line in the default environment, installing what is missing from the lock.
   */
  public command(commandLine: string): string {
    return `uv run --frozen ${commandLine}`;
  }

  /** The command that runs a Python command line in an environment of its own that holds one group and nothing else. */
  public groupCommand(group: string, commandLine: string): string {
    return `UV_PROJECT_ENVIRONMENT=.venv-${group} uv run --frozen --only-group ${group} ${commandLine}`;
  }

  /** The command that installs one group into an environment of its own. */
  public groupInstallCommand(group: string): string {
    return `UV_PROJECT_ENVIRONMENT=.venv-${group} uv sync --frozen --only-group ${group}`;
  }

  /** Makes a task bring uv and a lock that fits, before its steps that follow. */
  public prepare(task: Task): Task {
    task.spawn(this.readyTask);
    return task;
  }

  /** Adds a task whose commands may use uv. */
  public addTask(name: string, description: string, commands: string[]): Task {
    const task = this.prepare(this.project.addTask(name, { description }));
    const last = commands.length - 1;
    commands.forEach((exec, i) => task.exec(i === last ? withArguments(exec) : exec, { receiveArgs: i === last }));
    return task;
  }

  /** One short line for each command: the shell of a task would be printed whole. */
  private readyScript(): TextFile {
    const lock = taskCommand(this.project, this.lockTask.name);
    return new TextFile(this.project, READY, {
      marker: false,
      lines: [
        '# Makes uv available, and writes uv.lock again if pyproject.toml asks for something else; a build does not.',
        'PATH="$PWD/.uv/bin:$PATH"',
        'if ! command -v uv >/dev/null; then',
        '  echo "Installing uv into .uv/ (it is not on the PATH)"',
        `  { ${INSTALL_UV}; } || exit 1`,
        'fi',
        `if ${LOCK_FITS}; then exit 0; fi`,
        `test -z "$CI$CODEBUILD_BUILD_ID" || ${failing(`: run ${lock} in the repository and commit uv.lock`)}`,
        'echo "pyproject.toml has changed since uv.lock was written: writing it again"',
        `uv lock || ${failing(`, and could not be written again: undo the change, or run ${lock} where the package `
          + 'index can be reached')}`,
        '',
      ],
    });
  }

  /**
   * Writes the first lock, and brings it in line when the options have changed a requirement; `uv lock` keeps every
   * version that still fits.
   */
  public postSynthesize(): void {
    // What a pyproject.toml of the user's asks for, and when it is locked, is the user's too.
    if (isUserOwned(this.project, 'pyproject.toml')) { return; }
    const isLocked = fs.existsSync(path.join(this.project.outdir, 'uv.lock'));
    if (!isLocked || Synchronisation.of(this.project).wrote('pyproject.toml')) {
      this.project.tasks.runTask(this.lockTask.name);
    }
  }
}
