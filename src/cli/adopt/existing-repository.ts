import * as fs from 'node:fs';
import * as path from 'node:path';
import { manifestOf } from './manifests';
import { UserError } from '../shared/command';
import { type GitResult, runGit } from '../shared/git';
import { firstLines } from '../shared/words';

/** Where the report lies, and what belongs to it; git does not see it. */
export const ADOPT_DIRECTORY = '.projen/adopt';

/**
 * Whether a directory can be adopted. Nothing is written.
 *
 * @throws UserError that says why not and what to do
 */
export function checkRepository(root: string, python: boolean): void {
  checkRoot(root);
  checkForeign(root);
  checkClean(root);
  checkModuleType(root, python);
}

function checkRoot(root: string): void {
  const inside = git(root, ['rev-parse', '--is-inside-work-tree']);
  if (inside.stdout.trim() !== 'true') {
    // A directory of someone else's, which git refuses to touch, has words of its own.
    const said = inside.status !== 0 && !/not a git repository/i.test(inside.stderr) ? `\n${inside.stderr.trim()}` : '';
    throw new UserError(
      `${root} is not in a git repository.${said}\nAdopting starts from a commit, so that you can review and undo `
        + 'it: run git init, commit everything, then adopt.',
    );
  }
  const { stdout } = git(root, ['rev-parse', '--show-toplevel', '--show-cdup']);
  const [top, up] = stdout.split('\n');
  if (up !== '') {
    throw new UserError(
      `This is not the root of its git repository (${top}). Run adopt there, or make this directory its own `
        + 'repository.',
    );
  }
  if (git(root, ['rev-parse', '--verify', '--quiet', 'HEAD']).status !== 0) {
    throw new UserError(
      'The repository has no commit. Commit your files and run adopt again. In an empty directory, use npx projen '
        + 'new --from sagemaker-cicd-projen.',
    );
  }
}

/** A repository that projen manages already. */
function checkForeign(root: string): void {
  const rcFile = fs.readdirSync(root).find(name => /^\.projenrc\./i.test(name));
  if (rcFile !== undefined) {
    const isOurs =
      fs.statSync(path.join(root, rcFile), { throwIfNoEntry: false })?.isFile()
      && /sagemaker[-_]cicd[-_]projen/.test(fs.readFileSync(path.join(root, rcFile), 'utf8'));
    throw new UserError(isOurs
      ? `This repository already has this project type: change its options in ${rcFile} and run npx projen.`
      : `This repository has another projen project type (${rcFile}). Adopt a separate repository, or add components `
        + `of this package in ${rcFile}.`);
  }
  const bookkeeping = path.join(root, '.projen');
  const found = fs.lstatSync(bookkeeping, { throwIfNoEntry: false });
  const others = found?.isDirectory()
    ? fs
      .readdirSync(bookkeeping)
      .filter(name => `.projen/${name}` !== ADOPT_DIRECTORY)
      .map(name => `.projen/${name}`)
    : found
      ? ['.projen']
      : [];
  if (others.length > 0) {
    throw new UserError(
      `projen's files exist already (${others.slice(0, 3).join(', ')}), but no rc file. If the rc file was lost, `
        + 'restore it from git. If .projen is a leftover, remove it and commit.',
    );
  }
}

function checkClean(root: string): void {
  const { status, stdout, stderr } = git(root, ['status', '--porcelain', '--untracked-files=all']);
  if (status !== 0) { throw new UserError(`git status failed:\n${stderr.trim()}`); }
  const dirty = stdout.split('\n').filter(line => line !== '');
  if (dirty.length > 0) {
    throw new UserError(`There are uncommitted changes:\n${firstLines(dirty)}\nCommit or stash them first, so that `
      + 'git shows what adopting adds and can undo it. To undo an attempt of projen new, run git checkout -- '
      + 'package.json package-lock.json and delete node_modules. Nothing was written.');
  }
}

/** Node.js takes the rc file and the CDK app for CommonJS, unless package.json says otherwise of every file. */
function checkModuleType(root: string, python: boolean): void {
  if (!python && manifestOf(root)?.type === 'module') {
    throw new UserError(
      'package.json has "type": "module", but a TypeScript rc file needs CommonJS. Use --projenrc-python, or adopt a '
        + 'separate repository. Nothing was written.',
    );
  }
}

/**
 * Runs git in a directory. It never writes: a mere status would otherwise refresh the index.
 *
 * @throws UserError when there is no git
 */
function git(root: string, args: readonly string[], input?: string): GitResult {
  const result = runGit(root, ['--no-optional-locks', ...args], { input });
  if (result.error) {
    throw new UserError(result.error.code === 'ENOENT'
      ? 'git is not on the PATH. Install it: adopting starts from a commit, so that you can review and undo it.'
      : `git failed: ${result.error.message}`);
  }
  return result;
}

/** The paths that git tracks, links and submodules included, whether they are on disk or not. */
export function trackedFiles(root: string): string[] {
  return git(root, ['ls-files', '-z']).stdout.split('\0').filter(file => file !== '');
}

/** Those of some paths that a rule hides from git, each with its rule as `file:line:pattern`. */
export function ignoredPaths(
  root: string,
  paths: readonly string[],
): Array<{ readonly path: string; readonly rule: string }> {
  const { stdout } = git(
    root,
    ['check-ignore', '--verbose', '--no-index', '-z', '--stdin'],
    paths.map(file => `${file}\0`).join(''),
  );
  const fields = stdout.split('\0');
  return fields.flatMap((_, i) =>
    i % 4 === 3 && !fields[i - 1].startsWith('!') ? [{ path: fields[i], rule: fields.slice(i - 3, i).join(':') }] : [],
  );
}

/** What is where a file of the project would be written. */
export interface Obstacle {
  /** Path of the file that the project would write. */
  readonly path: string;
  /** What is there instead, as it is spelt: another spelling is the same file on many machines. */
  readonly found: string;
  readonly what: 'file' | 'directory' | 'link';
}

/** Looks for what is in the way of new files: on disk whatever it is, and in git what is not checked out. */
export class Obstacles {
  private readonly tracked: ReadonlyMap<string, string>;
  private readonly listed = new Map<string, ReadonlyMap<string, string>>();

  public constructor(private readonly root: string, tracked: readonly string[]) {
    this.tracked = new Map(tracked.map(file => [folded(file), file]));
  }

  /** What stands at a path, or at one of the directories that lead to it; undefined when it is free. */
  public at(file: string): Obstacle | undefined {
    const parts = file.split('/');
    let directory = '';
    for (const [depth, part] of parts.entries()) {
      const name = this.names(directory).get(folded(part));
      if (name === undefined) { break; }
      directory = directory === '' ? name : `${directory}/${name}`;
      const stat = fs.lstatSync(path.join(this.root, directory));
      const what = stat.isSymbolicLink() ? 'link' : stat.isDirectory() ? 'directory' : 'file';
      if (depth === parts.length - 1 || what !== 'directory') { return { path: file, found: directory, what }; }
    }
    const known = this.tracked.get(folded(file));
    return known === undefined ? undefined : { path: file, found: known, what: 'file' };
  }

  /** The names in a directory by their folded spelling. */
  private names(directory: string): ReadonlyMap<string, string> {
    let names = this.listed.get(directory);
    if (!names) {
      names = new Map(fs.readdirSync(path.join(this.root, directory)).map(name => [folded(name), name]));
      this.listed.set(directory, names);
    }
    return names;
  }
}

/** Two spellings that a file system may take for the same file become one. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
