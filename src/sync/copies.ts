import * as fs from 'node:fs';
import * as path from 'node:path';
import { CONFLICTS_DIRECTORY } from './layout';

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

function number(root: string, copy: string): void {
  const at = path.join(root, copy);
  let n = 1;
  while (fs.lstatSync(`${at}.${n}`, { throwIfNoEntry: false })) { n += 1; }
  fs.renameSync(at, `${at}.${n}`);
}
