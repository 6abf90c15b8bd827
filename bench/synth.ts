import { emptyPackageRepository } from './empty-package';
import { interleaved } from './measure';
import { ratio, type Row } from './table';
import type { Repository } from '../testing/harness/repository';
import { FLAVOURS } from '../testing/repository/flavours';

/**
 * `npx projen` after a changed option, in the TypeScript flavour, beside a stock CDK app in which an option changed as
 * well.
 */
export async function typescriptSynth(ours: Repository, stock: Repository, runs: number): Promise<Row> {
  const times = await interleaved({
    ours: async () => { nextThreshold(ours, 0); await ours.projen(); },
    stock: async () => { nextIgnore(stock); await stock.projen(); },
  }, runs);
  return ratio('npx projen, TypeScript, beside stock awscdk-app-ts', times.ours, times.stock, 0.45);
}

/** The same in the Python flavour, beside a jsii package with the same peers and nothing in it. */
export async function pythonSynth(ours: Repository, runs: number): Promise<Row> {
  const empty = await emptyPackageRepository(ours.env);
  const times = await interleaved({
    ours: async () => { nextThreshold(ours, 1); await ours.projen(); },
    empty: async () => empty.projen(),
  }, runs);
  return ratio('npx projen, Python, beside an empty jsii package', times.ours, times.empty, 1.2);
}

let changes = 0;

/** Changes the threshold in the rc file; the first time adds it. */
function nextThreshold(repository: Repository, flavour: number): void {
  const { rcFile, anchor, threshold } = FLAVOURS[flavour];
  const [quality] = threshold(0).split('0');
  const value = 0.5 + ++changes / 1000;
  if (repository.read(rcFile).includes(quality)) {
    repository.edit(rcFile, /(["']?threshold["']?: )[\d.]+/, `$1${value}`);
  } else {
    repository.edit(rcFile, anchor, `$&${threshold(value)}`);
  }
}

/** The stock project's options say nothing of thresholds; one more ignored file is a change of about the same size. */
function nextIgnore(repository: Repository): void {
  const option = /\n {2}gitignore: .*/;
  const line = `\n  gitignore: ['bench-${++changes}'],`;
  if (option.test(repository.read('.projenrc.ts'))) {
    repository.edit('.projenrc.ts', option, line);
  } else {
    repository.edit('.projenrc.ts', /\n {2}name: .*/, `$&${line}`);
  }
}
