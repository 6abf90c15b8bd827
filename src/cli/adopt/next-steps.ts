import type { Adoption } from './adoption';
import { packageManager } from './npm-steps';
import type { Wiring } from './wiring';

/** The order in which kept files are wired up: what git ignores first, since the later ones install something. */
const ORDER = ['.gitignore', '.gitattributes', 'package.json', 'pyproject.toml'];

/** The commands that make an adopted repository ready, in order. */
export function nextSteps(root: string, { kept }: Adoption, wired: ReadonlyMap<string, Wiring>): string[] {
  const isKept = (file: string): boolean => kept.some(({ path: wanted }) => wanted === file);
  const commands = (file: string): readonly string[] => wired.get(file)?.commands ?? [];
  return [
    ...ORDER.slice(0, 2).flatMap(commands),
    ...(isKept('package.json') ? commands('package.json') : ['npm install']),
    // The rc file in Python runs from the lock.
    ...(isKept('pyproject.toml') ? commands('pyproject.toml') : ['npx projen python:lock']),
    'npx projen',
    packageManager(root).lock === 'package-lock.json' ? 'npx projen setup' : 'npx projen python:install',
    'npx projen test',
  ];
}
