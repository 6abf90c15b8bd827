import * as fs from 'node:fs';
import * as path from 'node:path';
import { UserError } from '../shared/command';
import { runStep, say, type Step } from '../shared/console';
import { PACKAGE, type Repository } from '../shared/repository';
import { compareVersions } from '../shared/semver';

/** What npm says of one version of this package. */
interface Published {
  readonly version: string;
  readonly peerDependencies?: { readonly [name: string]: string };
}

interface Manifest {
  readonly devDependencies?: { readonly [name: string]: string };
  readonly peerDependencies?: { readonly [name: string]: string };
  readonly version?: string;
}

/**
 * The specifications that `npm install` needs to bring the wanted version of this package in: the package itself and,
 * where its demands on others have changed, those others in the new range, since npm would not leave the range that
 * `package.json` holds by itself.
 *
 * @param to an exact version; the newest one that the rc file allows unless given
 * @returns nothing when there is no newer one
 * @throws UserError when the rc file excludes the version, or npm cannot find out
 */
export async function npmTarget(
  repository: Repository,
  to: string | undefined,
  wayBack: string,
): Promise<readonly string[]> {
  const { root } = repository;
  const range = rangeInRcFile(root);
  if (range && !/^[\^~<>=\d*]/.test(range)) {
    if (to) {
      throw new UserError(
        `${repository.rcFile ?? 'package.json'} gets ${PACKAGE} from "${range}": change that instead of using --to.`,
      );
    }
    say(`${PACKAGE} comes from "${range}" and is not upgraded.`);
    return [];
  }
  const published = await lookUp(root, to ?? range ?? 'latest', wayBack);
  if (to && range && !(await versionsIn(root, range, wayBack)).includes(to)) {
    throw new UserError(
      `${repository.rcFile ?? 'package.json'} requires ${PACKAGE}@${range}, which excludes ${to}. Change it there `
        + 'first.',
    );
  }
  const installed = readManifest(path.join(root, 'node_modules', PACKAGE, 'package.json'));
  if (!to && installed.version && compareVersions(published.version, installed.version) <= 0) {
    say(
      `${PACKAGE} ${installed.version} is the newest `
        + `version${range ? ` in the range ${range}, which the rc file names` : ''}.`,
    );
    return [];
  }
  const own = readManifest(path.join(root, 'package.json')).devDependencies ?? {};
  const before = installed.peerDependencies ?? {};
  const moved = Object.entries(published.peerDependencies ?? {}).filter(
    ([name, wanted]) => name in own && wanted !== before[name],
  );
  return [`${PACKAGE}@${published.version}`, ...moved.map(([name, wanted]) => `${name}@${wanted}`)];
}

/**
 * The range that the rc file names, which projen writes back at each synth; undefined when it leaves the version open.
 */
function rangeInRcFile(root: string): string | undefined {
  const file = path.join(root, '.projen', 'deps.json');
  if (!fs.existsSync(file)) { return undefined; }
  const { dependencies = [] } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
    dependencies?: { name: string; version?: string }[];
  };
  return dependencies.find(({ name }) => name === PACKAGE)?.version;
}

async function lookUp(root: string, wanted: string, wayBack: string): Promise<Published> {
  type Answer = Published | string;
  const found = (await view(root, wanted, ['version', 'peerDependencies'], wayBack)) as
    Answer | readonly Answer[] | undefined;
  // npm answers a range with every version in it, and a version without peers with a bare text.
  const all = [found ?? []].flat().map((one): Published => (typeof one === 'string' ? { version: one } : one));
  const newest = all.sort((a, b) => compareVersions(b.version, a.version))[0];
  if (!newest) { throw new UserError(`The npm registry has no ${PACKAGE}@${wanted}.`); }
  return newest;
}

async function versionsIn(root: string, range: string, wayBack: string): Promise<string[]> {
  const found = await view(root, range, ['version'], wayBack) as string | readonly string[] | undefined;
  return [found ?? []].flat();
}

async function view(root: string, wanted: string, fields: readonly string[], wayBack: string): Promise<unknown> {
  const step: Step = {
    title: `Looking for ${PACKAGE}@${wanted}`,
    command: ['npm', ['view', `${PACKAGE}@${wanted}`, ...fields, '--json']],
  };
  const { stdout } = await runStep(root, step, wayBack);
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}

function readManifest(file: string): Manifest {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) as Manifest : {};
}
