import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { interleaved } from './measure';
import { type Row, seconds } from './table';
import type { Repository } from '../testing/harness/repository';
import { temporaryDirectory } from '../testing/harness/temporary';

const FEW = 1_000;
const MANY = Number(process.env.BENCH_ROWS ?? 1_000_000);

/**
 * What a million rows add to preprocessing, training and evaluation, beside what they add to a plain script of pandas
 * and XGBoost that does the same; and a batch prediction of them beside bare XGBoost.
 */
export async function data(repository: Repository, runs: number): Promise<Row[]> {
  const python = repository.path('.venv', 'bin', 'python');
  const code = repository.path('model');
  const directory = temporaryDirectory('bench-data');
  const file = (name: string): string => path.join(directory, name);
  const script = (name: string): string => path.join(__dirname, 'data', name);
  const run = async (name: string, ...words: string[]): Promise<unknown> =>
    repository.run(python, [script(name), ...words], { seconds: 3600 });
  for (const rows of [FEW, MANY]) { await run('make.py', String(rows), file(`${rows}.csv`)); }
  await run('make.py', String(MANY), file('requests.csv'), '--requests');

  const times = await interleaved({
    few: async () => run('steps.py', file(`${FEW}.csv`), code, file('few')),
    plainFew: async () => run('plain.py', file(`${FEW}.csv`), code),
    many: async () => run('steps.py', file(`${MANY}.csv`), code, file('many')),
    plainMany: async () => run('plain.py', file(`${MANY}.csv`), code),
  }, runs, false);
  const batch = async (way: string): Promise<unknown> =>
    run('batch.py', way, file('many/model'), file('requests.csv'), file(`${way}.csv`));
  const predicted = await interleaved({
    ours: async () => batch('ours'), bare: async () => batch('bare'),
  }, runs, false);
  const memory = (name: string, ...words: string[]): number => peakMegabytes(python, [script(name), ...words]);
  const ours = memory('steps.py', file(`${MANY}.csv`), code, file('many'));
  const plain = memory('plain.py', file(`${MANY}.csv`), code);
  fs.rmSync(directory, { recursive: true });
  const [added, plainAdded] = [times.many - times.few, times.plainMany - times.plainFew];
  const rows = MANY.toLocaleString('en');
  return [
    {
      what: `what ${rows} rows x 20 add to ${FEW.toLocaleString('en')}, beside a plain script`, ours: seconds(added),
      other: seconds(plainAdded), figure: added / plainAdded, target: 1.5,
    },
    {
      what: `batch prediction of ${rows} rows, beside bare XGBoost`, ours: seconds(predicted.ours),
      other: seconds(predicted.bare), figure: predicted.ours / predicted.bare, target: 1.5,
    },
    {
      what: `memory for ${rows} rows, beside a plain script`, ours: `${ours.toFixed(0)} MB`,
      other: `${plain.toFixed(0)} MB`, figure: ours / plain, target: 2,
    },
  ];
}

/** The most memory that a command or one of its children had at once, in MB. */
function peakMegabytes(python: string, command: readonly string[]): number {
  const measure = 'import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr);'
    + 'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)';
  const output = execFileSync(python, ['-c', measure, python, ...command], {
    encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Number(output) / 1024;
}
