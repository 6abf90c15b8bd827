import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { scriptsByHand } from './by-hand';
import { interleaved, median } from './measure';
import { type Row, seconds } from './table';
import type { Repository } from '../testing/harness/repository';
import { newestRun } from '../testing/repository/local-run';

/** A whole local run beside its scripts run alone; a run with nothing to do; the runner's own memory. */
export async function runner(repository: Repository, runs: number): Promise<Row[]> {
  const python = repository.path('.venv', 'bin', 'python');
  const pipeline = async (...flags: string[]): Promise<unknown> =>
    repository.run(python, ['-m', 'pipelines.local', 'run', ...flags]);
  await pipeline('--no-cache');
  const times = await interleaved({
    runner: async () =>
      pipeline('--no-cache'), hand: scriptsByHand(repository),
  }, runs);

  await pipeline();
  const idle: Array<{ wall: number; rest: number }> = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await pipeline();
    const wall = (performance.now() - started) / 1000;
    const run = newestRun(repository);
    // Both are done anew whatever is cached, and at the same time in part: only the longer one is taken off.
    const anew = Math.max(run.steps.find(step => step.name === 'Register')?.seconds
      ?? 0, run.sampleAnswer?.seconds ?? 0);
    idle.push({ wall, rest: wall - anew });
  }

  const memory = await peakMemory(python, ['-m', 'pipelines.local', 'run', '--no-cache'], repository);
  return [
    {
      what: 'whole run, beside its scripts run alone + 0.3 s', ours: seconds(times.runner), other: seconds(times.hand),
      figure: (times.runner - 0.3) / times.hand, target: 1.15,
    },
    {
      what: 'run with nothing changed, without registration and sample',
      ours: seconds(median(idle.map(({ wall }) => wall))), other: '-', figure: median(idle.map(({ rest }) => rest)),
      target: 1, unit: 's',
    },
    {
      what: 'memory of the runner itself', ours: `${memory.toFixed(0)} MB`, other: '-', figure: memory, target: 60,
      unit: 'MB',
    },
  ];
}

/** The most memory that a process itself (not what it starts) had resident, in MB; Linux tells it in /proc. */
async function peakMemory(command: string, args: readonly string[], repository: Repository): Promise<number> {
  if (process.platform !== 'linux') { return Number.NaN; }
  const child = spawn(command, args, { cwd: repository.directory, env: repository.env, stdio: 'ignore' });
  let peak = 0;
  const timer = setInterval(() => {
    try {
      const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
    } catch { /* it has just ended */ }
  }, 20);
  await new Promise(resolve => child.on('close', resolve));
  clearInterval(timer);
  return peak * 1024 / 1_000_000;
}
