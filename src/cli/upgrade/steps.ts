import { npmTarget } from './target-version';
import { openConflicts } from '../../sync/open-conflicts';
import { runStep, say, sayIndented, type Step, stepFailed, tryStep } from '../shared/console';
import { PACKAGE, type Repository, taskCommand } from '../shared/repository';
import { runTool, toolEnvironment } from '../shared/tool';

/** The steps of an upgrade, each run in a process of its own: the programs that run are the new ones. */
export class UpgradeSteps {
  public constructor(private readonly repository: Repository, private readonly wayBack: string) {}

  /** uv is installed into the repository when there is none. */
  public async ensureUv(): Promise<void> {
    const { root, hasPython } = this.repository;
    if (!hasPython) { return; }
    const { status } = await runTool('uv', ['--version'], { cwd: root, env: toolEnvironment(root) });
    if (status !== 0) { await this.run('Installing uv', taskCommand(this.repository, 'python:uv')); }
  }

  /** This package, to the newest version or the given one. */
  public async upgradePackage(to: string | undefined): Promise<void> {
    if (this.repository.python) {
      await this.run(`Upgrading ${PACKAGE}`, ['uv', ['lock', '--upgrade-package', to ? `${PACKAGE}==${to}` : PACKAGE]]);
      await this.run('Installing it', ['uv', ['sync', '--frozen']]);
      return;
    }
    const wanted = await npmTarget(this.repository, to, this.wayBack);
    if (wanted.length > 0) {
      await this.run(`Upgrading ${PACKAGE}`, ['npm', ['install', '--save-dev', ...NPM_QUIET, ...wanted]]);
    }
  }

  /** All other npm packages, as far as `package.json` lets them. */
  public async updateNpmPackages(): Promise<void> {
    await this.run('Upgrading the other npm packages', ['npm', ['update', ...NPM_QUIET]]);
  }

  /** Writes the repository's files anew; gives the files with conflicts. */
  public async synthesize(): Promise<string[]> {
    // A continuous integration would make projen insist on a lock file that is about to change.
    const step: Step = { title: 'Synthesizing', command: ['npx', ['projen']], env: { CI: '0' } };
    const result = await tryStep(this.repository.root, step);
    const conflicts = openConflicts(this.repository.root);
    if (result.status !== 0 && conflicts.length === 0) { throw stepFailed(step, result, this.wayBack); }
    sayIndented(result.output);
    if (conflicts.length > 0) {
      say(`  conflicts in ${conflicts.join(', ')}`);
      // The error at the synth's end may have kept it from installing what it has written into package.json.
      await this.run('Installing npm packages', ['npm', ['install', ...NPM_QUIET]]);
    }
    return conflicts;
  }

  /** All Python packages, as far as `pyproject.toml` lets them, and the environments that are there. */
  public async upgradePythonPackages(to: string | undefined): Promise<void> {
    if (!this.repository.hasPython) { return; }
    // A version that was asked for must not be left for a newer one right away.
    const pin = this.repository.python && to ? ['--upgrade-package', `${PACKAGE}==${to}`] : [];
    await this.run('Upgrading the Python packages', ['uv', ['lock', '--upgrade', ...pin]]);
    await this.run('Installing them', ['uv', ['sync', '--frozen']]);
  }

  /** The repository's own tests. */
  public async test(): Promise<{ readonly passed: boolean; readonly output: string }> {
    const result = await tryStep(this.repository.root, {
      title: 'Testing',
      command: taskCommand(this.repository, 'test'),
    });
    return { passed: result.status === 0, output: result.output };
  }

  private async run(title: string, command: Step['command']): Promise<void> {
    await runStep(this.repository.root, { title, command }, this.wayBack);
  }
}

const NPM_QUIET = ['--no-audit', '--no-fund'];
