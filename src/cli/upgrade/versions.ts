import * as fs from 'node:fs';
import * as path from 'node:path';
import { PACKAGE } from '../shared/repository';

/** Versions of packages by name. */
export type Versions = ReadonlyMap<string, string>;

/** What the lock files of a repository hold. */
export interface LockedVersions {
  readonly npm: Versions;
  readonly python: Versions;
  /** Names of the Python packages that the repository itself asks for, training libraries among them. */
  readonly pythonDirect: readonly string[];
}

/** Reads `package-lock.json` and `uv.lock`; one that is missing is empty. */
export function lockedVersions(root: string): LockedVersions {
  const text = (file: string): string | undefined => {
    const full = path.join(root, file);
    return fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : undefined;
  };
  const uvLock = text('uv.lock') ?? '';
  return { npm: npmVersions(text('package-lock.json')), ...pythonVersions(uvLock) };
}

/** Packages that are installed at the top; copies deeper down belong to other packages. */
function npmVersions(lock: string | undefined): Versions {
  const { packages = {} } = JSON.parse(lock ?? '{}') as { packages?: { [location: string]: { version?: string } } };
  const top = Object.entries(packages).flatMap(([location, { version }]) => {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(location)?.[1];
    return name && version ? [[name, version] as const] : [];
  });
  return new Map(top);
}

/** `uv.lock` is written by uv alone, always in the same form, so its lines can be read as they are. */
function pythonVersions(lock: string): Pick<LockedVersions, 'python' | 'pythonDirect'> {
  const python = new Map<string, string>();
  let pythonDirect: string[] = [];
  for (const block of lock.split(/^\[\[package\]\]$/m).slice(1)) {
    const name = /^name = "([^"]+)"$/m.exec(block)?.[1];
    const version = /^version = "([^"]+)"$/m.exec(block)?.[1];
    if (!name) { continue; }
    if (/^source = \{ (virtual|editable) = "\." \}$/m.test(block)) {
      pythonDirect = [...(/^dependencies = \[\n([^\]]*)\]/m.exec(block)?.[1] ?? '').matchAll(/name = "([^"]+)"/g)].map(
        match => match[1],
      );
    } else if (version) {
      // Different platforms may get different versions of one package.
      python.set(name, [python.get(name), version].filter(Boolean).join(', '));
    }
  }
  return { python, pythonDirect };
}

/** A package whose version may have changed; a side is missing when the package was not there. */
export interface VersionChange {
  readonly name: string;
  readonly registry: 'npm' | 'PyPI';
  readonly before?: string;
  readonly after?: string;
}

/** What an upgrade did to the locked packages. */
export interface VersionChanges {
  /** The packages that people know by name, changed or not. */
  readonly main: readonly VersionChange[];
  /** All others that have changed. */
  readonly others: readonly VersionChange[];
}

const MAIN_NPM = [PACKAGE, 'projen', 'aws-cdk-lib', 'aws-cdk', 'constructs'];
const MAIN_PYTHON = [PACKAGE, 'projen', 'aws-cdk-lib', 'constructs', 'sagemaker'];

/** Compares two states of the lock files. */
export function versionChanges(before: LockedVersions, after: LockedVersions): VersionChanges {
  const direct = [...new Set([...MAIN_PYTHON, ...after.pythonDirect, ...before.pythonDirect])];
  const all = [
    ...compare('npm', before.npm, after.npm, MAIN_NPM),
    ...compare('PyPI', before.python, after.python, direct),
  ];
  const isMain = ({ name, registry }: VersionChange): boolean =>
    (registry === 'npm' ? MAIN_NPM : direct).includes(name);
  return { main: all.filter(isMain), others: all.filter(change => !isMain(change) && hasChanged(change)) };
}

/** Whether a package has another version now, is new or gone. */
export function hasChanged({ before, after }: VersionChange): boolean {
  return before !== after;
}

/** Packages in the given order, then all others by name. */
function compare(
  registry: VersionChange['registry'],
  before: Versions,
  after: Versions,
  first: readonly string[],
): VersionChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  const rest = [...names].filter(name => !first.includes(name)).sort();
  return [...first.filter(name => names.has(name)), ...rest].map(name => ({
    name, registry,
    before: before.get(name),
    after: after.get(name),
  }));
}
