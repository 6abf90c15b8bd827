import * as fs from 'node:fs';
import * as path from 'node:path';
import { run, type RunOptions, type RunResult } from './process';
import { temporaryDirectory } from './temporary';

/** In which language a repository's options and CDK app are written. */
export type Flavour = 'typescript' | 'python';

/** A generated repository and what a person does in it. */
export class Repository {
  /** What `npx projen new --from sagemaker-cicd-projen` makes in an empty directory with a name. */
  public static async create(name: string, env: NodeJS.ProcessEnv, flags: readonly string[] = []): Promise<Repository> {
    const repository = new Repository(temporaryDirectory(name), env);
    await projenNew(repository.directory, env, flags);
    return repository;
  }

  public constructor(public readonly directory: string, public readonly env: NodeJS.ProcessEnv) {}

  /** Runs `projen ...` as npx does, which itself takes longer than many a task; without an install npx is asked. */
  public async projen(args: readonly string[] = [], options: Partial<RunOptions> = {}): Promise<RunResult> {
    const installed = this.path('node_modules', '.bin', 'projen');
    return fs.existsSync(installed)
      ? this.run(installed, args, options)
      : this.run('npx', ['projen', ...args], options);
  }

  /** Runs a command in the repository. */
  public async run(command: string, args: readonly string[], options: Partial<RunOptions> = {}): Promise<RunResult> {
    return run(command, args, { cwd: this.directory, env: this.env, ...options });
  }

  public async git(...args: string[]): Promise<string> {
    return (await this.run('git', args)).stdout;
  }

  /** Paths that differ from the last commit, files that git does not know yet included. */
  public async changedFiles(): Promise<string[]> {
    const status = await this.git('status', '--porcelain', '--untracked-files=all');
    return status.split('\n').filter(line => line !== '').map(line => line.slice(3)).sort();
  }

  /** Commits everything, so that `changedFiles` begins anew. */
  public async commit(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
  }

  public path(...parts: string[]): string {
    return path.join(this.directory, ...parts);
  }

  public exists(file: string): boolean {
    return fs.existsSync(this.path(file));
  }

  public read(file: string): string {
    return fs.readFileSync(this.path(file), 'utf8');
  }

  public json<T>(file: string): T {
    return JSON.parse(this.read(file)) as T;
  }

  /** Writes a file anew. */
  public write(file: string, content: string): void {
    fs.writeFileSync(this.path(file), content);
  }

  public remove(file: string): void {
    fs.rmSync(this.path(file));
  }

  /** Changes a file as a person with an editor does: what is replaced must be there. */
  public edit(file: string, from: string | RegExp, to: string): void {
    const before = this.read(file);
    const after = before.replace(from, to);
    if (after === before) { throw new Error(`${file} holds nothing like ${from}:\n${before}`); }
    fs.writeFileSync(this.path(file), after);
  }
}

/** Runs `npx projen new --from sagemaker-cicd-projen` in a directory. */
export async function projenNew(
  cwd: string, env: NodeJS.ProcessEnv, flags: readonly string[] = [], options: Partial<RunOptions> = {},
): Promise<RunResult> {
  // npx asks before it fetches projen; a person types y.
  return run('npx', ['--yes', 'projen', 'new', '--from', 'sagemaker-cicd-projen', ...flags], {
    cwd, env, seconds: 600, ...options,
  });
}
