import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { detail } from './progress';
import { UserFacingError } from './user-facing-error';

/** Tells the demo's own directory from one that somebody else made. */
const MARKER = '.made-by-npm-run-demo';

/**
 * An empty place for the demo's repository. An earlier one is replaced; if somebody has worked in it since, it is put
 * aside instead.
 *
 * @throws when the directory exists and is not the demo's
 */
export function demoDirectory(parent: string, name: string): string {
  const marker = path.join(parent, MARKER);
  if (fs.existsSync(parent) && !fs.existsSync(marker)) {
    throw new UserFacingError(
      `${parent} exists and was not made by this demo, so it stays as it is. Rename it and run the demo again.`,
    );
  }
  fs.mkdirSync(parent, { recursive: true });
  const directory = path.join(parent, name);
  if (fs.existsSync(directory)) {
    if (untouched(directory, marker)) {
      fs.rmSync(directory, { recursive: true });
    } else {
      const aside = `${directory}-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
      fs.renameSync(directory, aside);
      detail(`the last demo's repository was edited; it is now in ${path.relative(process.cwd(), aside)}`);
    }
  }
  fs.mkdirSync(directory);
  fs.writeFileSync(marker, '');
  return directory;
}

/** Remembers the repository's state: whatever differs from it later was done by somebody else. */
export function rememberState(directory: string): void {
  fs.writeFileSync(path.join(directory, '..', MARKER), state(directory));
}

/** A repository that was left half made has no state yet, nor anything of anybody else. */
function untouched(directory: string, marker: string): boolean {
  const remembered = fs.readFileSync(marker, 'utf8');
  return remembered === '' || remembered === state(directory);
}

function state(directory: string): string {
  const git = (...args: string[]): string => spawnSync('git', args, { cwd: directory, encoding: 'utf8' }).stdout;
  return `${git('rev-parse', '--show-toplevel', 'HEAD')}${git('branch', '--list')}`
    + git('status', '--porcelain', '--untracked-files=all');
}
