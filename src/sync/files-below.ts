import * as fs from 'node:fs';
import * as path from 'node:path';

const LEFT_OUT = /(^|\/)(__pycache__|\.[^/]+)(\/|$)|\.pyc$/;

/** Every file below a directory, as sorted relative paths with forward slashes; caches and hidden files are left out. */
export function filesBelow(directory: string): string[] {
  return everyFileBelow(directory).filter(file => !LEFT_OUT.test(file));
}

/** Everything below a directory that is no directory itself, as sorted relative paths with forward slashes. */
export function everyFileBelow(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    // Node.js 20.0 knows the parent by another name.
    .map(entry => path.relative(directory, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join('/'))
    .sort();
}
