import { spawnSync } from 'node:child_process';
import { UserError } from '../command';

/** What git said. */
export interface GitResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs git in a directory. It never writes: a mere status would otherwise refresh the index.
 *
 * @throws UserError when there is no git
 */
export function git(root: string, args: readonly string[], input?: string): GitResult {
  const { status, stdout, stderr, error } = spawnSync('git', ['--no-optional-locks', ...args], { cwd: root, env: process.env, encoding: 'utf8', input, maxBuffer: 256 * 1024 * 1024 });
  if (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(missing ? 'There is no git on the PATH. Adopting starts from a commit, so that it can be looked at and undone; install git.' : `git failed: ${error.message}`);
  }
  return { status: status ?? 1, stdout, stderr };
}

/** The paths that git tracks, links and submodules included, whether they are on disk or not. */
export function trackedFiles(root: string): string[] {
  return git(root, ['ls-files', '-z']).stdout.split('\0').filter(file => file !== '');
}

/** Those of some paths that a rule hides from git, each with its rule as `file:line:pattern`. */
export function ignoredPaths(root: string, paths: readonly string[]): Array<{ readonly path: string; readonly rule: string }> {
  const { stdout } = git(root, ['check-ignore', '--verbose', '--no-index', '-z', '--stdin'], paths.map(file => `${file}\0`).join(''));
  const fields = stdout.split('\0');
  return fields.flatMap((_, i) => (i % 4 === 3 && !fields[i - 1].startsWith('!') ? [{ path: fields[i], rule: fields.slice(i - 3, i).join(':') }] : []));
}
