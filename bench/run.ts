/**
 * Measures this package beside stock projects, in one run, and prints a table. Nothing is asserted.
 *
 * `npm run bench -- creation typescript python runner data serve sizes sync edits delivery` chooses parts;
 * `BENCH_RUNS=5` measures each more often than 3 times. It measures what is in `dist/`: run
 * `npx projen compile && npx projen package-all` before.
 */
import * as fs from 'node:fs';
import { creation, stockApp } from './creation';
import { data } from './data';
import { growth, sevenAccountSynth } from './delivery';
import { keptEdits } from './edits/kept-edits';
import { runner } from './runner';
import { serve } from './serve';
import { syncedFiles } from './sync';
import { pythonSynth, typescriptSynth } from './synth';
import { type Row, table } from './table';
import { type Registries, startRegistries } from '../testing/harness/registries';
import { Repository } from '../testing/harness/repository';
import { temporaryDirectory } from '../testing/harness/temporary';

const RUNS = Math.max(3, Number(process.env.BENCH_RUNS ?? 3));

/** Repositories are made once and used by all parts that need them. */
class Repositories {
  private readonly made = new Map<string, Promise<Repository>>();

  public constructor(private readonly env: NodeJS.ProcessEnv) {}

  public async typescript(): Promise<Repository> {
    return this.once('typescript', async () => Repository.create('churn', this.env));
  }

  public async python(): Promise<Repository> {
    return this.once('python', async () => Repository.create('churn', this.env, ['--projenrc-python']));
  }

  public async stock(): Promise<Repository> {
    return this.once('stock', async () => {
      const directory = temporaryDirectory('stock');
      await stockApp(directory, this.env);
      return new Repository(directory, this.env);
    });
  }

  /** A directory with this package and its peers, and nothing else. */
  public async packages(): Promise<Repository> {
    return this.once('packages', async () => {
      const repository = new Repository(temporaryDirectory('packages'), this.env);
      fs.writeFileSync(repository.path('package.json'), '{ "private": true }');
      await repository.run('npm', ['install', '--no-audit', '--no-fund', 'sagemaker-cicd-projen', 'projen'], {
        seconds: 600,
      });
      return repository;
    });
  }

  private async once(name: string, make: () => Promise<Repository>): Promise<Repository> {
    if (!this.made.has(name)) { this.made.set(name, make()); }
    return this.made.get(name)!;
  }
}

const parts: { readonly [name: string]: (registries: Registries, repositories: Repositories) => Promise<Row[]> } = {
  creation: async ({ env }) => [await creation(env, RUNS)],
  typescript: async (_, repositories) =>
    [await typescriptSynth(await repositories.typescript(), await repositories.stock(), RUNS)],
  python: async (_, repositories) => [await pythonSynth(await repositories.python(), RUNS)],
  runner: async (_, repositories) => {
    const repository = await repositories.typescript();
    await repository.projen(['setup'], { seconds: 900 });
    await repository.projen(['pipeline:compile']);
    return runner(repository, RUNS);
  },
  data: async (_, repositories) => {
    const repository = await repositories.typescript();
    await repository.projen(['setup'], { seconds: 900 });
    return data(repository, RUNS);
  },
  serve: async (_, repositories) => {
    const repository = await repositories.typescript();
    await repository.projen(['setup'], { seconds: 900 });
    return serve(repository, RUNS);
  },
  sizes: async ({ packages }) => [
    size('npm tarball', packages.tarball, 1.25),
    size('Python wheel', packages.wheel, 1.75),
  ],
  sync: async ({ env }, repositories) => syncedFiles((await repositories.packages()).directory, env, RUNS),
  delivery: async ({ env }, repositories) => [
    await sevenAccountSynth(await repositories.typescript(), await repositories.stock(), RUNS),
    ...await growth((await repositories.packages()).directory, env, RUNS),
  ],
  edits: async ({ env }, repositories) => keptEdits((await repositories.packages()).directory, env),
};

function size(what: string, file: string, target: number): Row {
  const megabytes = fs.statSync(file).size / 1_000_000;
  return { what, ours: `${megabytes.toFixed(2)} MB`, other: '-', figure: megabytes, target, unit: 'MB' };
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).filter(name => !name.startsWith('-'));
  const unknown = wanted.filter(name => !(name in parts));
  if (unknown.length > 0) {
    throw new Error(`There is no part ${unknown.join(', ')}; the parts are ${Object.keys(parts).join(', ')}.`);
  }
  const registries = await startRegistries();
  const repositories = new Repositories(registries.env);
  const rows: Row[] = [];
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (wanted.length > 0 && !wanted.includes(name)) { continue; }
      process.stdout.write(`measuring ${name} ...\n`);
      rows.push(...await part(registries, repositories));
    }
  } finally {
    await registries.stop();
  }
  process.stdout.write(`\nMedians of ${RUNS} runs in turns.\n\n${table(rows)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
