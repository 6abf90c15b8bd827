import { spawnSync } from 'node:child_process';

/** What git said. */
export interface GitResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why git could not be run at all. */
  readonly error?: NodeJS.ErrnoException;
}

/** What else git is given. */
export interface GitOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs git in a directory and waits for it. */
export function runGit(
  root: string,
  args: readonly string[],
  { env = process.env, input }: GitOptions = {},
): GitResult {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    cwd: root,
    env, input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return { status: status ?? 1, stdout, stderr, error };
}
