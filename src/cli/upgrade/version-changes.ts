import { PACKAGE } from './target-version';
import type { LockedVersions, Versions } from './versions';

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
  const isMain = ({ name, registry }: VersionChange): boolean => (registry === 'npm' ? MAIN_NPM : direct).includes(name);
  return { main: all.filter(isMain), others: all.filter(change => !isMain(change) && hasChanged(change)) };
}

/** Whether a package has another version now, is new or gone. */
export function hasChanged({ before, after }: VersionChange): boolean {
  return before !== after;
}

/** Packages in the given order, then all others by name. */
function compare(registry: VersionChange['registry'], before: Versions, after: Versions, first: readonly string[]): VersionChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  const rest = [...names].filter(name => !first.includes(name)).sort();
  return [...first.filter(name => names.has(name)), ...rest].map(name => ({ name, registry, before: before.get(name), after: after.get(name) }));
}
