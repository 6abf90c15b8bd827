import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { copyTree, linkTree, moveEnvironment } from './copy';
import { holdingLock } from './lock';
import { ROOT } from './process';
import type { Registries } from './registries';
import { type Flavour, Repository } from './repository';
import { temporaryDirectory } from './temporary';
import { FLAVOURS } from '../repository/flavours';

/** How far a repository has come: as `projen new` made it, or after `setup` too. */
export type FixtureState = 'new' | 'ready';

const ENVIRONMENTS = ['.venv', '.venv-sdk'];
/** Where neither compilers nor linters look, and where `npm ci` begins anew. */
const FIXTURES = path.join(ROOT, 'node_modules', '.cache', 'fixtures');

/**
 * A copy of the repository that `projen new` makes of the packages in `dist/`, in a directory of its own named "churn".
 *
 * The repository is made once for each day and state of `dist/`, by whoever wants it first. In the copy its lock names
 * the index of the given registries, as if it had been made with them.
 */
export async function copyOfRepository(
  flavour: Flavour, registries: Registries, state: FixtureState = 'ready',
): Promise<Repository> {
  const home = path.join(FIXTURES, keyOf(registries), flavour);
  await holdingLock(home, async () => {
    if (!fs.existsSync(path.join(home, 'origin.json'))) { await make(home, flavour, registries); }
  });
  const origin = JSON.parse(fs.readFileSync(path.join(home, 'origin.json'), 'utf8')) as Origin;
  const copy = new Repository(temporaryDirectory('churn'), registries.env);
  copyTree(path.join(home, 'churn'), copy.directory);
  for (const name of ENVIRONMENTS.filter(one => fs.existsSync(path.join(home, state, one)))) {
    linkTree(path.join(home, state, name), copy.path(name));
    moveEnvironment(copy.path(name), origin.directory, copy.directory);
  }
  if (copy.read('uv.lock').includes(origin.index)) {
    fs.writeFileSync(copy.path('uv.lock'), copy.read('uv.lock').replaceAll(origin.index, registries.index));
    await copy.git('commit', '--quiet', '--amend', '--no-edit', 'uv.lock');
  }
  return copy;
}

interface Origin {
  /** Where the repository was made: environments hold absolute paths. */
  readonly directory: string;
  /** The Python index it was made with. */
  readonly index: string;
}

async function make(home: string, flavour: Flavour, registries: Registries): Promise<void> {
  fs.rmSync(home, { recursive: true });
  const { flags } = FLAVOURS.find(one => one.flavour === flavour)!;
  // Not below this checkout, whose node_modules npx would find.
  const repository = await Repository.create('churn', registries.env, flags);
  keep(repository, home, 'new');
  copyTree(repository.directory, path.join(home, 'churn'));
  ENVIRONMENTS.forEach(name => fs.rmSync(path.join(home, 'churn', name), { recursive: true, force: true }));
  await repository.projen(['setup'], { seconds: 600 });
  // What Python compiles at the first use of a package stays in the environment.
  await repository.projen([]);
  await repository.projen(['pipeline:compile']);
  keep(repository, home, 'ready');
  const origin: Origin = { directory: repository.directory, index: registries.index };
  fs.rmSync(repository.directory, { recursive: true });
  fs.writeFileSync(path.join(home, 'origin.json'), JSON.stringify(origin));
}

function keep(repository: Repository, home: string, state: FixtureState): void {
  for (const name of ENVIRONMENTS.filter(one => repository.exists(one))) {
    copyTree(repository.path(name), path.join(home, state, name));
  }
}

/** Other packages are another fixture, as is another day: what the registries have changes, too. */
function keyOf({ packages }: Registries): string {
  const hash = createHash('sha256').update(new Date().toISOString().slice(0, 10));
  for (const file of [packages.tarball, packages.wheel]) { hash.update(fs.readFileSync(file)); }
  return hash.digest('hex').slice(0, 16);
}
