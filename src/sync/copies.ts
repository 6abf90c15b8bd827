import * as fs from 'node:fs';
import * as path from 'node:path';
import { onDisk } from './on-disk';

/** Where the copies for conflicts lie, relative to the repository; not committed. */
export const CONFLICTS_DIRECTORY = '.projen/conflicts';

/** Our version of a file that cannot be merged, for the user to look at and to delete. */
export function incomingCopy(file: string): string {
  return `${CONFLICTS_DIRECTORY}/${file}.generated`;
}

/** The user's whole version of a file that now holds conflict markers, or was overwritten. */
export function userCopy(file: string): string {
  return `${CONFLICTS_DIRECTORY}/${file}`;
}

/** Whether a path is that of a copy, which may be all that is left of what a person wrote. */
export function isCopy(file: string): boolean {
  return file.startsWith(`${CONFLICTS_DIRECTORY}/`);
}

/**
 * Makes room for a copy: an older one, or one that stands where a directory is needed, gets a number behind its name.
 *
 * @returns whether there is something to write; not when the copy is there already
 */
export function makeRoom(root: string, copy: string, bytes: Buffer): boolean {
  for (let parent = path.posix.dirname(copy); isCopy(parent); parent = path.posix.dirname(parent)) {
    const stat = fs.lstatSync(path.join(root, parent), { throwIfNoEntry: false });
    if (stat && !stat.isDirectory()) { number(root, parent); }
  }
  const at = path.join(root, copy);
  const stat = fs.lstatSync(at, { throwIfNoEntry: false });
  if (stat?.isFile() && fs.readFileSync(at).equals(bytes)) { return false; }
  if (stat) { number(root, copy); }
  return true;
}

/** A path for one more copy of a file, where there is none yet. */
export function freeCopy(root: string, file: string): string {
  const copy = userCopy(file);
  return exists(root, copy) ? numbered(root, copy) : copy;
}

function number(root: string, copy: string): void {
  fs.renameSync(path.join(root, copy), path.join(root, numbered(root, copy)));
}

function numbered(root: string, copy: string): string {
  let n = 1;
  while (exists(root, `${copy}.${n}`)) { n += 1; }
  return `${copy}.${n}`;
}

/** Also for a path that leads through a file. */
function exists(root: string, file: string): boolean {
  return onDisk(root, file).type !== 'missing';
}
