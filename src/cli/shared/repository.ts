import * as fs from 'node:fs';
import * as path from 'node:path';
import { UserError } from './command';

/** npm and PyPI know this package by the same name. */
export const PACKAGE = 'sagemaker-cicd-projen';

/** What is known of the repository that is upgraded. */
export interface Repository {
  readonly root: string;
  /** Whether this package comes from PyPI, as it does when the rc file or the CDK app is Python. */
  readonly python: boolean;
  /** The rc file; undefined after `projen eject`, when there is nothing to synthesize any more. */
  readonly rcFile?: string;
  /** Whether there is a Python environment that uv locks. */
  readonly hasPython: boolean;
}

const RC_FILES = ['.projenrc.ts', '.projenrc.py', '.projenrc.js', '.projenrc.mjs', '.projenrc.cjs'];

/**
 * Looks at the repository whose root is the given directory.
 *
 * @throws UserError when it is none
 */
export function openRepository(root: string): Repository {
  const has = (file: string): boolean => fs.existsSync(path.join(root, file));
  if (!has('package.json')) {
    throw new UserError(`There is no package.json in ${root}. Run the command in the root of a generated `
      + 'repository.');
  }
  const rcFile = RC_FILES.find(has);
  const python = rcFile ? rcFile.endsWith('.py') : !listedIn(root, 'package.json') && listedIn(root, 'pyproject.toml');
  return { root, python, rcFile, hasPython: has('pyproject.toml') };
}

function listedIn(root: string, file: string): boolean {
  const full = path.join(root, file);
  return fs.existsSync(full) && new RegExp(`["']${PACKAGE}\\b`).test(fs.readFileSync(full, 'utf8'));
}

/** The command that runs one of the repository's tasks; an ejected repository has them as scripts alone. */
export function taskCommand(repository: Repository, task: string): readonly [string, readonly string[]] {
  return repository.rcFile ? ['npx', ['projen', task]] : ['npm', ['run', '--silent', task]];
}

/** Whether a task is there: ejected repositories may have dropped some. */
export function hasTask({ root, rcFile }: Repository, task: string): boolean {
  const file = rcFile ? '.projen/tasks.json' : 'package.json';
  const full = path.join(root, file);
  if (!fs.existsSync(full)) { return false; }
  const { tasks, scripts } = JSON.parse(fs.readFileSync(full, 'utf8')) as { tasks?: object; scripts?: object };
  return Object.keys((rcFile ? tasks : scripts) ?? {}).includes(task);
}
