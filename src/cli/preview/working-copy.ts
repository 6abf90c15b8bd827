import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packagePath } from '../../project/package-files';
import { everyFileBelow } from '../../sync/files-below';
import { MEMORY_DIRECTORY } from '../../sync/memory';
import { UserError } from '../shared/command';
import { runTool, toolEnvironment, type ToolResult } from '../shared/tool';

/** What is made again by tools and belongs to no repository. */
const INSTALLED = ['node_modules', '.uv', '.venv', '.venv-sdk'];
const LEFT_OUT = [...INSTALLED, '.git', '.local', 'build', 'cdk.out'];

/** Files that are listed but not shown: nobody reads them. */
const NOT_SHOWN = [
  'package-lock.json', 'uv.lock', MEMORY_DIRECTORY, '.projen/tasks.json', '.projen/deps.json', '.projen/files.json',
];

/** How what has changed is described. */
interface DescriptionOptions {
  /** Only which files change, without the diff. */
  readonly summaryOnly: boolean;
  readonly colour: boolean;
  /** The files that would need a decision. */
  readonly conflicts: readonly string[];
}

/** A copy of a repository in a temporary directory, with a git history of its own to compare with. */
export class WorkingCopy {
  /** Copies what git knows or would add; outside git everything but what tools install. */
  public static async of(root: string, options: { readonly linkPackages: boolean }): Promise<WorkingCopy> {
    const copy = new WorkingCopy(path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'preview-')), path.basename(root)));
    try {
      for (const file of await filesOf(root)) { copyFile(path.join(root, file), path.join(copy.directory, file)); }
      for (const name of options.linkPackages ? INSTALLED : []) {
        if (fs.existsSync(path.join(root, name))) {
          fs.symlinkSync(path.join(root, name), path.join(copy.directory, name));
        }
      }
      await copy.git('init', '--quiet');
      fs.writeFileSync(
        path.join(copy.directory, '.git', 'info', 'exclude'),
        INSTALLED.map(name => `/${name}\n`).join(''),
      );
      await copy.commit();
      return copy;
    } catch (error) {
      copy.remove();
      throw error;
    }
  }

  private constructor(public readonly directory: string) {
    fs.mkdirSync(directory);
  }

  /** Runs the rc file, without the steps after it that install packages. */
  public async synthesize(): Promise<ToolResult> {
    return this.run('npx', ['projen'], { PROJEN_DISABLE_POST: 'true', UV_NO_SYNC: '1' });
  }

  /** Runs the upgrade, without the repository's tests. */
  public async upgrade(to: string | undefined): Promise<ToolResult> {
    process.stdout.write('Installing the packages of the copy ...\n');
    const installed = await this.run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    if (installed.status !== 0) { return installed; }
    process.stdout.write('Upgrading the copy ...\n');
    return this.run(process.execPath, [
      packagePath('bin', 'sagemaker-cicd-projen'),
      'upgrade', '--no-test',
      ...(to === undefined ? [] : ['--to', to]),
    ]);
  }

  /** What has become different since the copy was made. */
  public async description({ summaryOnly, colour, conflicts }: DescriptionOptions): Promise<string> {
    await this.git('add', '--all');
    const status = (await this.git('diff', '--cached', '--no-renames', '--name-status'))
      .split('\n')
      .filter(line => line !== '')
      .map(line => line.split('\t'));
    const files = status.filter(([, file]) => !file.startsWith(`${MEMORY_DIRECTORY}/`));
    if (files.length === 0) { return 'No file would change.\n'; }
    const list = files
      .map(
        ([letter, file]) =>
          `  ${(conflicts.includes(file) ? 'conflict' : (KINDS[letter] ?? 'change')).padEnd(8)}  ${file}`,
      )
      .join('\n');
    const heading = `${files.length === 1 ? 'One file' : `${files.length} files`} would change:\n${list}\n`;
    if (summaryOnly) { return heading; }
    const shown = NOT_SHOWN.map(file => `:(exclude)${file}`);
    const color = `--color=${colour ? 'always' : 'never'}`;
    return `${heading}\n${await this.git('diff', '--cached', '--no-renames', color, '--', '.', ...shown)}`;
  }

  public remove(): void {
    fs.rmSync(path.dirname(this.directory), { recursive: true, force: true });
  }

  private async commit(): Promise<void> {
    await this.git('add', '--all');
    await this.git(
      '-c', 'user.name=preview', '-c', 'user.email=preview@localhost', '-c', 'commit.gpgSign=false', 'commit',
      '--quiet', '--no-verify', '--allow-empty', '--message', 'before',
    );
  }

  private async git(...args: string[]): Promise<string> {
    // What the user has set up for git must not change the copy.
    const result = await this.run('git', [
      '-c', 'core.autocrlf=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', ...args,
    ]);
    if (result.status !== 0) { throw new UserError(`git ${args[0]} failed: ${result.output.trim()}`); }
    return result.stdout;
  }

  private async run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ToolResult> {
    return runTool(command, args, { cwd: this.directory, env: { ...toolEnvironment(this.directory), ...env } });
  }
}

const KINDS: { readonly [letter: string]: string } = { A: 'add', D: 'remove', M: 'change', T: 'change' };

async function filesOf(root: string): Promise<string[]> {
  const known = await runTool('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    env: process.env,
  });
  if (known.status === 0) { return [...new Set(known.stdout.split('\0'))].filter(file => file !== ''); }
  return everyFileBelow(root).filter(file => !LEFT_OUT.includes(file.split('/')[0]));
}

function copyFile(from: string, to: string): void {
  const stat = fs.lstatSync(from, { throwIfNoEntry: false });
  // A file that was deleted but not yet from git's index, or a submodule.
  if (!stat || stat.isDirectory()) { return; }
  fs.mkdirSync(path.dirname(to), { recursive: true });
  if (stat.isSymbolicLink()) { fs.symlinkSync(fs.readlinkSync(from), to); } else { fs.copyFileSync(from, to); }
}
