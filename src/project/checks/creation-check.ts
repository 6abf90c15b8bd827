import * as fs from 'node:fs';
import * as path from 'node:path';
import { nearest } from '../../options/engine/nearest';
import { type OptionProblem, showValue } from '../../options/engine/option-error';

/**
 * What projen itself puts into a directory before the project type is asked, and what a fresh clone of an empty
 * repository holds.
 */
const EXPECTED = [
  'package.json', 'package-lock.json', 'node_modules', '.git', '.npmrc', '.yarnrc.yml', 'yarn.lock', 'pnpm-lock.yaml',
  '.DS_Store',
];

/** Flags of `projen new` itself. */
const PROJEN_FLAGS = [
  'from', 'synth', 'comments', 'git', 'post', 'watch', 'debug', 'help', 'version', 'projenVersion', 'projectTypeName',
];

/** Problems of the directory that `projen new` is about to fill. */
export function directoryProblems(directory: string): OptionProblem[] {
  const what = [...foreignFiles(directory), ...foreignManifest(directory)];
  if (what.length === 0) { return []; }
  return [{
    path: 'outdir',
    value: 'a directory that contains '
      + `${what.slice(0, 5).join(', ')}${what.length > 5 ? ` and ${what.length - 5} more` : ''}`,
    allowed: 'an empty directory, or one that contains only .git',
    fix: 'Nothing was generated. To add the project type here without overwriting your files, run npx '
      + 'sagemaker-cicd-projen adopt. To start afresh, run projen new in an empty directory. projen new has already '
      + 'installed itself: undo that with git checkout -- package.json package-lock.json, and delete node_modules.',
  }];
}

/** What else is there besides what is expected; anything but a directory is a file in the way. */
function foreignFiles(directory: string): string[] {
  if (!fs.existsSync(directory)) { return []; }
  return fs.statSync(directory).isDirectory()
    ? fs.readdirSync(directory).filter(name => !EXPECTED.includes(name)).map(name => name.replace(/\p{Cc}/gu, '?'))
    : ['a file of this name'];
}

/**
 * Problems of the command line of `projen new`: projen silently drops unknown flags.
 *
 * @param known every option that a flag may name
 * @param words the options that are a word, which are the flags to suggest
 */
export function flagProblems(
  argv: readonly string[], known: readonly string[], words: readonly string[],
): OptionProblem[] {
  const all = [...known, ...PROJEN_FLAGS];
  const names = new Set(all.map(camel));
  return argv.filter(arg => arg.startsWith('--') && arg.length > 2)
    .map(arg => {
      const flag = arg.slice(2).split('=')[0];
      const root = camel(flag.split('.')[0]);
      return { flag, root: names.has(root) ? root : root.replace(/^no([A-Z])/, (_, c: string) => c.toLowerCase()) };
    })
    .filter(({ root }) => !names.has(root))
    .map(({ flag, root }) => {
      const near = nearest(root, all);
      return {
        path: `--${flag}`,
        value: showValue(flag),
        allowed: `the flags ${words.map(name => `--${kebab(name)}`).join(' ')}, and those of projen new`,
        fix: near
          ? `Unknown flag. Did you mean --${kebab(near)}?`
          : 'Unknown flag. Write options that are objects in the rc file.',
      };
    });
}

/** A package.json that is of another project. */
function foreignManifest(directory: string): string[] {
  const file = path.join(directory, 'package.json');
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) { return []; }
  try {
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as
      | { dependencies?: object; devDependencies?: object } | null;
    const names = Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies }).filter(name =>
      name !== 'projen' && name !== 'sagemaker-cicd-projen');
    return names.length > 0 ? [`package.json with ${names.join(', ')}`] : [];
  } catch {
    return ['a package.json that is not valid JSON'];
  }
}

function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, c: string) => c.toUpperCase());
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`);
}
