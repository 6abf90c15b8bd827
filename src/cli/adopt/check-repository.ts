import * as fs from 'node:fs';
import * as path from 'node:path';
import { git } from './git';
import { ADOPT_DIRECTORY } from './layout';
import { manifestOf } from './manifest';
import { UserError } from '../command';

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
    throw new UserError(`${root} is in no git repository.${said}\nAdopting starts from a commit, so that it can be looked at and undone: run git init, commit everything, then adopt.`);
  }
  const { stdout } = git(root, ['rev-parse', '--show-toplevel', '--show-cdup']);
  const [top, up] = stdout.split('\n');
  if (up !== '') {
    throw new UserError(`This is not the root of its git repository, which is ${top}. Run adopt there, or make this directory a repository of its own.`);
  }
  if (git(root, ['rev-parse', '--verify', '--quiet', 'HEAD']).status !== 0) {
    throw new UserError('There is no commit yet. Commit what there is and run adopt again; in an empty directory, use npx projen new --from sagemaker-cicd-projen.');
  }
}

/** A repository that projen manages already. */
function checkForeign(root: string): void {
  const rcFile = fs.readdirSync(root).find(name => /^\.projenrc\./i.test(name));
  if (rcFile !== undefined) {
    const isOurs = fs.statSync(path.join(root, rcFile), { throwIfNoEntry: false })?.isFile() && /sagemaker[-_]cicd[-_]projen/.test(fs.readFileSync(path.join(root, rcFile), 'utf8'));
    throw new UserError(isOurs
      ? `This repository is one of this kind already: change its options in ${rcFile} and run npx projen.`
      : `This repository is managed by projen as one of another kind (${rcFile}). Adopt a repository of its own, or add components of this package in ${rcFile}.`);
  }
  const bookkeeping = path.join(root, '.projen');
  const found = fs.lstatSync(bookkeeping, { throwIfNoEntry: false });
  const others = found?.isDirectory() ? fs.readdirSync(bookkeeping).filter(name => `.projen/${name}` !== ADOPT_DIRECTORY).map(name => `.projen/${name}`) : found ? ['.projen'] : [];
  if (others.length > 0) {
    throw new UserError(`There is bookkeeping of projen already (${others.slice(0, 3).join(', ')}), but no rc file. If the rc file was lost, bring it back from git; if .projen is a leftover, remove it and commit.`);
  }
}

function checkClean(root: string): void {
  const { status, stdout, stderr } = git(root, ['status', '--porcelain', '--untracked-files=all']);
  if (status !== 0) { throw new UserError(`git status failed:\n${stderr.trim()}`); }
  const dirty = stdout.split('\n').filter(line => line !== '');
  if (dirty.length > 0) {
    const shown = dirty.slice(0, 10).map(line => `  ${line}`).join('\n');
    throw new UserError(`There is something that is not committed:\n${shown}${dirty.length > 10 ? `\n  and ${dirty.length - 10} more` : ''}\n`
      + 'Commit or stash it first, so that git shows what adopting adds and can undo it. If projen new was tried here, what it installed is undone by '
      + 'git checkout -- package.json package-lock.json and deleting node_modules. Nothing was written.');
  }
}

/** Node.js takes the rc file and the CDK app for CommonJS, unless package.json says otherwise of every file. */
function checkModuleType(root: string, python: boolean): void {
  if (!python && manifestOf(root)?.type === 'module') {
    throw new UserError('package.json says "type": "module", under which an rc file in TypeScript cannot be run. Give --projenrc-python, or adopt in a repository of its own. Nothing was written.');
  }
}
