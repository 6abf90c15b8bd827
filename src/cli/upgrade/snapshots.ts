import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { UserError } from '../shared/command';
import { runGit } from '../shared/git';

/** A file that differs between two states of the repository. */
export interface FileChange {
  /** Relative to the repository's directory. */
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'deleted';
  /** Lines; undefined for binary files. */
  readonly added?: number;
  readonly removed?: number;
}

/** Runs git in a directory and gives what it prints. */
function git(root: string, args: readonly string[], env?: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr, error } = runGit(root, args, { env });
  if (error || status !== 0) {
    const said = error?.message ?? (stderr.trim() || `Command failed: git ${args.join(' ')}`);
    throw new UserError(`git ${args[0]} failed:\n${said}`);
  }
  return stdout;
}

/** Whether a directory is in the work tree of a git repository. */
export function isRepository(root: string): boolean {
  try {
    return git(root, ['rev-parse', '--is-inside-work-tree']).trim() === 'true';
  } catch {
    return false;
  }
}

/** Paths with changes that are not committed, those that git does not know yet included. */
export function uncommitted(root: string): string[] {
  return git(root, ['status', '--porcelain', '--', '.'])
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.slice(3));
}

/**
 * The state of all files that git does not ignore, as a tree object.
 *
 * It is made with an index of its own: neither the user's index nor any branch is touched, and uncommitted changes may
 * be there.
 */
export function snapshot(root: string): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'upgrade-index-'));
  try {
    const index = path.join(directory, 'index');
    const own = path.resolve(root, git(root, ['rev-parse', '--git-path', 'index']).trim());
    if (fs.existsSync(own)) {
      fs.copyFileSync(own, index);
      // git reads a file again that is as new as its index; with a younger copy it would miss what changed in the
      // second of the last commit.
      const { atime, mtime } = fs.statSync(own);
      fs.utimesSync(index, atime, mtime);
    }
    const env = { ...process.env, GIT_INDEX_FILE: index };
    git(root, ['add', '--all', '--', '.'], env);
    return git(root, ['write-tree'], env).trim();
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** The files that differ between two snapshots, sorted by path. */
export function changes(root: string, before: string, after: string): FileChange[] {
  const diff = (format: string): string[] =>
    git(root, ['diff', '--no-renames', '--no-ext-diff', '--relative', '-z', format, before, after])
      .split('\0')
      .filter(part => part !== '');
  const lines = new Map(diff('--numstat').map(row => {
    const [added, removed, file] = row.split('\t');
    return [file, added === '-' ? {} : { added: Number(added), removed: Number(removed) }] as const;
  }));
  const status = diff('--name-status');
  return status.filter((_, i) => i % 2 === 0).map((letter, i): FileChange => {
    const file = status[2 * i + 1];
    return { path: file, kind: KINDS[letter] ?? 'changed', ...lines.get(file) };
  });
}

const KINDS: { readonly [letter: string]: FileChange['kind'] } = { A: 'added', D: 'deleted' };
