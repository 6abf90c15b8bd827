import * as fs from 'node:fs';
import * as path from 'node:path';

/** What is at a path of the repository. */
export type OnDisk =
  | { readonly type: 'missing' }
  | { readonly type: 'file'; readonly bytes: Buffer; readonly executable: boolean }
  /**
   * A link, a directory, or a path that leads through a link or a file: someone arranged it so, and it is not written
   * through.
   */
  | { readonly type: 'other'; readonly what: string };

/** Looks at a path without following links. */
export function onDisk(root: string, file: string): OnDisk {
  const parts = file.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const parent = parts.slice(0, depth).join('/');
    const stat = fs.lstatSync(path.join(root, parent), { throwIfNoEntry: false });
    if (!stat) { return { type: 'missing' }; }
    if (!stat.isDirectory()) {
      return { type: 'other', what: `${parent} is ${stat.isSymbolicLink() ? 'a link' : 'no directory'}` };
    }
  }
  const at = path.join(root, file);
  const stat = fs.lstatSync(at, { throwIfNoEntry: false });
  if (!stat) { return { type: 'missing' }; }
  if (stat.isFile()) { return { type: 'file', bytes: fs.readFileSync(at), executable: (stat.mode & 0o100) !== 0 }; }
  return {
    type: 'other',
    what: stat.isSymbolicLink() ? 'it is a link' : stat.isDirectory() ? 'it is a directory' : 'it is not a file',
  };
}
