import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';

/** Root of this repository. */
export const ROOT = path.resolve(__dirname, '..', '..');

/**
 * Where Python keeps what it has compiled: away from the sources, which are packed and copied meanwhile. Without that
 * each process compiles what it imports, which takes moto five seconds and the SageMaker SDK longer.
 */
export const BYTECODE = { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: path.join(ROOT, 'build', 'pycache') };

/** How a command is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Time after which the command and everything it started are killed; 300 seconds by default. */
  readonly seconds?: number;
  /** Whether another exit code than 0 is returned instead of thrown. */
  readonly mayFail?: boolean;
  /** Where each line of output goes while the command runs. */
  readonly onLine?: (line: string) => void;
}

/** What a finished command left. */
export interface RunResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order of arrival. */
  readonly output: string;
  readonly seconds: number;
}

const running = new Set<ChildProcess>();

process.on('exit', () => running.forEach(child => killTree(child)));

/**
 * Runs a command without a shell, in a process group of its own, so that nothing outlives the time limit or this
 * process.
 *
 * @throws with the command, its directory and the end of its output, when it fails and that was not expected
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  });
  running.add(child);
  const limit = options.seconds ?? 300;
  let [stdout, stderr, output, late] = ['', '', '', false];
  const take = (text: string): void => {
    output += text;
    if (options.onLine) { text.split('\n').filter(line => line.trim() !== '').forEach(options.onLine); }
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; take(text); });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; take(text); });
  const timer = setTimeout(() => { late = true; killTree(child); }, limit * 1000);
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  }).finally(() => {
    clearTimeout(timer);
    running.delete(child);
  });
  const seconds = (performance.now() - started) / 1000;
  if (late || (status !== 0 && !options.mayFail)) {
    const why = late
      ? `did not finish within ${limit} s`
      : `ended with exit code ${status} after ${seconds.toFixed(1)} s`;
    throw new Error(
      `${[command, ...args].join(' ')}\nin ${options.cwd} ${why}. The end of its output:\n${output.slice(-6000)}`,
    );
  }
  return { status, stdout, stderr, output, seconds };
}

/** Ends a process and everything in its group. */
export function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) { return; }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch { /* already gone */ }
}
