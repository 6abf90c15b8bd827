import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Step } from './job';
import { BYTECODE } from '../../testing/harness/process';
import { ROOT } from '../python-tools';

/** What was compiled of folders that are gone. */
export function removeOldBytecode(): void {
  fs.rmSync(path.join(BYTECODE.PYTHONPYCACHEPREFIX, os.tmpdir()), { recursive: true, force: true });
}

const running = new Set<ChildProcess>();

/** Runs a step; what it says goes to a file that is open. */
export function runStep({ command, args, cwd, env }: Step, log: number): Promise<boolean> {
  const child = spawn(command, args, {
    cwd: cwd ?? ROOT, env: { ...process.env, ...BYTECODE, ...env }, stdio: ['ignore', log, log], detached: true,
  });
  running.add(child);
  return new Promise<boolean>(resolve => {
    child.on('error', () => resolve(false));
    child.on('close', code => resolve(code === 0));
  }).finally(() => running.delete(child));
}

/** Ends everything that was started, with what that has started: tests start servers and process groups. */
export function endAll(): void {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const table = lines.map(line => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    table.filter(([, ppid]) => ppid === parent).flatMap(([pid]) => [pid, ...below(pid)]);
  for (const pid of [...running].flatMap(child => (child.pid ? [child.pid, ...below(child.pid)] : []))) {
    try { process.kill(pid, 'SIGKILL'); } catch { /* over already */ }
  }
}
