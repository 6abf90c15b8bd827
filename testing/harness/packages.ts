import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './process';

/** What is published: made by the build stage of the tests, or by `npx projen compile && npx projen package-all`. */
export interface Packages {
  readonly version: string;
  readonly tarball: string;
  readonly wheel: string;
  /** Missing where a version was made from an earlier one: nobody installs it when there is a wheel. */
  readonly sdist?: string;
}

/** The packed tarball alone. */
export function packedTarball(): string {
  return only('js', name => name.endsWith('.tgz'));
}

/** The packages in `dist/`. */
export function packedPackages(): Packages {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return {
    version,
    tarball: packedTarball(),
    wheel: only('python', name => name.endsWith('.whl')),
    sdist: only('python', name => name.endsWith('.tar.gz')),
  };
}

function only(language: string, wanted: (name: string) => boolean): string {
  const directory = path.join(ROOT, 'dist', language);
  const names = fs.existsSync(directory) ? fs.readdirSync(directory).filter(wanted) : [];
  if (names.length !== 1) {
    throw new Error(`dist/${language} must hold exactly one package of its kind, it holds `
      + `${names.length === 0 ? 'none' : names.join(', ')}. `
      + 'Run: rm -rf dist && npx projen compile && npx projen package-all');
  }
  return path.join(directory, names[0]);
}
