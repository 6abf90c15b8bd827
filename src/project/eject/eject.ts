import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Component, type javascript, type Project, type TasksManifest } from 'projen';
import { filesThatNameProjen } from './leftovers';
import { remainingTasks, TASK_SCRIPT, TASK_SCRIPT_TITLE, taskScript } from './task-script';
import type { PythonEnvironment } from '../components/python-environment';
import { aroundSynth } from '../sync/around-synth';
import { isPostSynthesisDisabled } from '../sync/post-synthesis';

const MANIFEST = '.projen/tasks.json';

/** What `.gitignore` says about files that are gone. */
const IGNORED = [`!/${MANIFEST}`, '/.projen/sync.journal/', '/.projen/sync.lock', '/.projen/conflicts/'];

const OWNER_WRITES = 0o200;

/** What an ejected repository is locked with. */
export interface EjectOptions {
  /** Undefined when `package.json` is the user's: nothing is locked anew then. */
  readonly package?: javascript.NodePackage;
  /** The environment whose requirements change, because they listed projen. */
  readonly python?: PythonEnvironment;
}

/**
 * `projen eject`: the tasks become one shell script, and projen and its bookkeeping go.
 *
 * @internal
 */
export class Eject extends Component {
  private isWritten = false;

  public constructor(project: Project, private readonly options: EjectOptions) {
    super(project);
    const script = path.join(project.outdir, TASK_SCRIPT);
    if (fs.existsSync(script) && !fs.readFileSync(script, 'utf8').includes(TASK_SCRIPT_TITLE)) {
      throw new Error(`projen eject writes the tasks to ${TASK_SCRIPT}, but you have a file there. Nothing was `
        + 'changed. Move it away and run projen eject again.');
    }
    // The last component: what removes projen comes after everything else that a synth does, the synced files'
    // bookkeeping included.
    aroundSynth(project, synth => {
      synth();
      if (this.isWritten) { this.finish(); }
    });
  }

  public override preSynthesize(): void {
    this.project.gitignore.removePatterns(...IGNORED);
    const all = this.project.tasks.all;
    const remaining = remainingTasks({
      tasks: Object.fromEntries(all.map(({ name, steps }) => [name, { name, steps }])),
    });
    for (const { name } of all) {
      if (!remaining.has(name)) { this.options.package?.removeScript(name); }
    }
  }

  public override synthesize(): void {
    const manifest = JSON.parse(fs.readFileSync(path.join(this.project.outdir, MANIFEST), 'utf8')) as TasksManifest;
    const script = path.join(this.project.outdir, TASK_SCRIPT);
    fs.mkdirSync(path.dirname(script), { recursive: true });
    fs.writeFileSync(script, taskScript(manifest));
    fs.chmodSync(script, 0o755);
    this.isWritten = true;
  }

  /** Removes what projen has left, then projen itself; from here on nothing of projen is loaded any more. */
  private finish(): void {
    for (const file of [MANIFEST, 'scripts/run-task.cjs']) {
      fs.rmSync(path.join(this.project.outdir, file), { force: true });
    }
    this.makeWritable();
    const directory = path.join(this.project.outdir, '.projen');
    if (fs.existsSync(directory) && fs.readdirSync(directory).length === 0) { fs.rmdirSync(directory); }
    const { logger } = this.project;
    for (const line of filesThatNameProjen(this.project.outdir)) {
      logger.warn(`This still uses projen; change it: ${line}`);
    }
    if (isPostSynthesisDisabled()) { return; }
    if (this.options.package) { this.run('npm', ['install']); }
    if (this.options.python) { this.run('sh', [TASK_SCRIPT, this.options.python.lockTask.name]); }
    logger.info('Ejected: every file is yours now. See README.md for how its tasks are run.');
  }

  /** To an administrator every file is writable, so projen leaves the modes of those whose content did not change. */
  private makeWritable(): void {
    for (const { absolutePath } of this.project.files) {
      const mode = (fs.statSync(absolutePath, { throwIfNoEntry: false })?.mode ?? OWNER_WRITES) % 0o1000;
      if (Math.floor(mode / OWNER_WRITES) % 2 === 0) { fs.chmodSync(absolutePath, mode + OWNER_WRITES); }
    }
  }

  private run(command: string, args: string[]): void {
    const { status, error } = spawnSync(command, args, { cwd: this.project.outdir, stdio: 'inherit' });
    if (status === 0) { return; }
    const line = [command, ...args].join(' ');
    throw new Error(`The repository is ejected, but "${line}" failed${error ? ` (${error.message})` : ''}. Run it `
      + 'again to update the lock file.');
  }
}
