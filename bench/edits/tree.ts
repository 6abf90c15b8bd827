import * as fs from 'node:fs';
import * as path from 'node:path';

/** Directories with what tools remember for themselves, which no person would look for an edit in. */
const TOOLS_OWN = /(^|\/)(\.git|\.projen\/sync)(\/|$)/;

const HUNK = /^<<<<<<< [^]*?^>>>>>>> .*$/gm;

/** The text of every file of a tree. */
export function everyText(tree: string): string {
  return fs.readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !TOOLS_OWN.test(path.relative(tree, entry.parentPath)))
    .map(entry => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8')).join('\n');
}

/** The lines of a file, under its first and its new path, without those in conflict. */
export function textsOf(tree: string, file: string, newPath?: string): string[][] {
  return read(tree, file, newPath).map(text => text.replace(HUNK, '').split('\n'));
}

/** What a tool left to the user to decide in a file. */
export function conflictText(tree: string, file: string, newPath?: string): string {
  return read(tree, file, newPath).flatMap(text => text.match(HUNK) ?? []).join('\n');
}

export function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The texts of those of some files that are there. */
export function read(tree: string, ...files: Array<string | undefined>): string[] {
  const there = files.filter(file =>
    file !== undefined).map(file => path.join(tree, file)).filter(file => fs.existsSync(file));
  return there.map(file => fs.readFileSync(file, 'utf8'));
}
