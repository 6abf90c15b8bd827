import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { AWS, fakeProgram, GH, Temporary } from './upgrade-fakes';
import { workflowJob } from '../../src/ci/github/workflow-job';
import type { HostJob } from '../../src/ci/job';
import { inShell, keepUpgradeJob, offerJob } from '../../src/ci/upgrade';

export const BRANCH = 'upgrade/sagemaker-cicd-projen';
export const BOT = '41898282+github-actions[bot]@users.noreply.github.com';
/** Emptied after each test. */
export const temporary = new Temporary();
afterEach(() => temporary.remove());

/** What an upgrade says of itself in `result.json`. */
export interface Result {
  readonly changed: boolean;
  readonly conflicts: readonly string[];
  readonly testsPassed: boolean | null;
}
export const GOOD: Result = { changed: true, conflicts: [], testsPassed: true };

interface Ended { readonly status: number | null; readonly output: string }

/** They are in the environment, where a step finds them. */
const VALUES = Object.fromEntries(offerJob().variables.map(({ name }) => [name, '']));

/** A bare repository, a clone of it with an upgrade in its working tree, and the fake programs. */
export class Bench {
  public readonly remote = temporary.make();
  public readonly clone = temporary.make();
  private readonly runner = temporary.make();
  private readonly bin = temporary.make();
  private readonly state = path.join(this.bin, 'state.json');
  private readonly log = path.join(this.bin, 'log');

  public constructor(state: object) {
    fs.writeFileSync(this.state, JSON.stringify(state));
    fs.writeFileSync(this.log, '');
    fakeProgram(this.bin, 'gh', GH);
    fakeProgram(this.bin, 'aws', AWS);
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', this.remote]);
    execFileSync('git', ['clone', '--quiet', this.remote, this.clone], { stdio: 'ignore' });
    this.git('checkout', '--quiet', '-B', 'main');
    this.write({ 'package.json': '{}\n', '.gitignore': '/build/\n' });
    this.commit('ada@example.com', 'first');
    this.git('push', '--quiet', 'origin', 'main');
  }

  public get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${this.bin}${path.delimiter}${process.env.PATH}`,
      HOME: this.bin,
      FAKE_STATE: this.state,
      FAKE_LOG: this.log,
      SERVER_URL: 'https://github.example.com',
      GH_TOKEN: 'token',
      UPGRADE_BRANCH: BRANCH,
      RUNNER_TEMP: this.runner,
      GITHUB_OUTPUT: path.join(this.bin, 'output'),
      REPOSITORY: 'churn',
      SOURCE_BRANCH: 'main',
      SOURCE_COMMIT: 'abc',
      UPGRADE_LOCATION: 's3://bucket/upgrades',
    };
  }

  public git(...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.clone,
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  public commit(email: string, message: string): void {
    this.git('add', '--all');
    this.git('-c', 'user.name=X', '-c', `user.email=${email}`, 'commit', '--quiet', '--message', message);
  }

  public write(files: { readonly [file: string]: string }): void {
    for (const [file, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(this.clone, file)), { recursive: true });
      fs.writeFileSync(path.join(this.clone, file), content);
    }
  }

  public result(result: Result, report = '# What changed\n'): void {
    this.write({ 'build/upgrade/result.json': JSON.stringify(result), 'build/upgrade/report.md': report });
  }

  /** Runs a script as a build does. */
  public run(file: string): Ended {
    return this.bash(['-c', inShell(file)]);
  }

  /** The workflow's first job, once the upgrade has run: what it keeps becomes the input of the second. */
  public keep(): Ended {
    const ended = this.lastStep(keepUpgradeJob());
    fs.cpSync(path.join(this.clone, 'build', 'upgrade'), path.join(this.runner, 'Upgrade'), { recursive: true });
    return ended;
  }

  /** The workflow's second job. */
  public offer(): Ended {
    return this.lastStep(offerJob());
  }

  private lastStep(job: HostJob): Ended {
    const { steps } = workflowJob(job, { ref: 'main', permissions: {}, timeoutMinutes: 1, values: VALUES }) as {
      readonly steps: ReadonlyArray<{ readonly run?: string }>;
    };
    // What GitHub makes of `shell: bash`.
    return this.bash(['--noprofile', '--norc', '-eo', 'pipefail', '-c', steps[steps.length - 1].run!]);
  }

  private bash(args: readonly string[]): Ended {
    const { status, stdout, stderr } = spawnSync('bash', args, { cwd: this.clone, env: this.env, encoding: 'utf8' });
    return { status, output: `${stdout}${stderr}` };
  }

  public readState<T>(): T {
    return JSON.parse(fs.readFileSync(this.state, 'utf8')) as T;
  }

  public calls(): string[] {
    return fs
      .readFileSync(this.log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(line => (JSON.parse(line) as string[]).slice(0, 3).join(' '));
  }

  public output(): string {
    return fs.readFileSync(this.env.GITHUB_OUTPUT!, 'utf8');
  }

  /** A file on a branch of the bare repository; undefined when either is not there. */
  public remoteFile(branch: string, file: string): string | undefined {
    const { status, stdout } = spawnSync('git', ['show', `${branch}:${file}`], { cwd: this.remote, encoding: 'utf8' });
    return status === 0 ? stdout : undefined;
  }

  /** Somebody else pushes to the branch of upgrades. */
  public pushAs(email: string, content: string): void {
    this.git('checkout', '--quiet', '-B', BRANCH);
    this.write({ 'package.json': content });
    this.commit(email, 'on the branch');
    this.git('push', '--quiet', '--force', 'origin', BRANCH);
    this.git('checkout', '--quiet', 'main');
  }
}
