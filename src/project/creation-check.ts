import * as fs from 'node:fs';
import { nearest } from '../options/nearest';
import { type OptionProblem, showValue } from '../options/option-error';

/** What projen itself puts into a directory before the project type is asked, and what a fresh clone of an empty repository holds. */
const EXPECTED = ['package.json', 'package-lock.json', 'node_modules', '.git', '.npmrc', '.yarnrc.yml', 'yarn.lock', 'pnpm-lock.yaml', '.DS_Store'];

/** Flags of `projen new` itself. */
const PROJEN_FLAGS = ['from', 'synth', 'comments', 'git', 'post', 'watch', 'debug', 'help', 'version', 'projenVersion', 'projectTypeName'];

/** Problems of the directory that `projen new` is about to fill. */
export function directoryProblems(directory: string): OptionProblem[] {
  const found = fs.existsSync(directory) ? fs.readdirSync(directory).filter(name => !EXPECTED.includes(name)) : [];
  const dependencies = readDependencies(directory).filter(name => name !== 'projen' && name !== 'sagemaker-cicd-projen');
  if (found.length === 0 && dependencies.length === 0) { return []; }
  const what = found.length > 0 ? found : [`package.json with ${dependencies.join(', ')}`];
  return [{
    path: 'outdir',
    value: `a directory that holds ${what.slice(0, 5).join(', ')}${what.length > 5 ? ` and ${what.length - 5} more` : ''}`,
    allowed: 'an empty directory, or one with nothing but .git',
    fix: 'Nothing was written. Run the command in a new directory, look at what it makes, and move your files in from there.',
  }];
}

/**
 * Problems of the command line of `projen new`: projen drops flags that it does not know without a word.
 *
 * @param known every option that a flag may name
 * @param words the options that are a word, which are the flags to suggest
 */
export function flagProblems(argv: readonly string[], known: readonly string[], words: readonly string[]): OptionProblem[] {
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
        fix: near ? `There is no such flag; did you mean --${kebab(near)}?` : 'There is no such flag; options that are objects are written in the rc file.',
      };
    });
}

function readDependencies(directory: string): string[] {
  const file = `${directory}/package.json`;
  if (!fs.existsSync(file)) { return []; }
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as { dependencies?: object; devDependencies?: object };
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
}

function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, c: string) => c.toUpperCase());
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`);
}
