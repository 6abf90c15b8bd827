import * as fs from 'node:fs';
import * as path from 'node:path';

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
      pythonDirect = [...(/^dependencies = \[\n([^\]]*)\]/m.exec(block)?.[1] ?? '').matchAll(/name = "([^"]+)"/g)].map(match => match[1]);
    } else if (version) {
      // Different platforms may get different versions of one package.
      python.set(name, [python.get(name), version].filter(Boolean).join(', '));
    }
  }
  return { python, pythonDirect };
}
