import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where the user's versions of conflicted files are kept. */
const COPIES = '.projen/conflicts';

/** Relative paths of the files that still hold markers of a merge: every conflicted file has a copy of the user's version. */
export function openConflicts(root: string): string[] {
  const directory = path.join(root, COPIES);
  if (!fs.existsSync(directory)) { return []; }
  return fs.readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(directory, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join('/'))
    .filter(file => holdsMarkers(path.join(root, file)))
    .sort();
}

function holdsMarkers(file: string): boolean {
  return fs.existsSync(file) && /^<<<<<<< yours\r?$/m.test(fs.readFileSync(file, 'latin1'));
}
