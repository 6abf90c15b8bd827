import * as fs from 'node:fs';
import * as path from 'node:path';
import { userCopy } from './layout';
import { isManaged, Memory, MEMORY_DIRECTORY } from './memory';
import { encodeEntry, entryName, remember, Remembered } from './memory-entry';
import { onDisk } from './on-disk';
import { fingerprint } from './text';

/** A generated file that was edited by hand. */
export interface EditedFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The generated files that are not as they were generated. */
export function editedFiles(root: string, paths: readonly string[]): EditedFile[] {
  const memory = Memory.load(root);
  return paths.flatMap(file => {
    const known = memory.of(file);
    const found = onDisk(root, file);
    // Two entries are left by a merge of git branches: the file is what git made of both, and no one's edit.
    if (known?.names.length !== 1 || found.type !== 'file' || known.fingerprints.includes(fingerprint(found.bytes))) { return []; }
    return isManaged(known) ? [{ path: file, bytes: found.bytes }] : [];
  });
}

/** Keeps a copy of each edited file that is not as the user left it any more; returns their paths. */
export function saveOverwritten(root: string, edited: readonly EditedFile[]): string[] {
  const lost = edited.filter(({ path: file, bytes }) => {
    const found = onDisk(root, file);
    return found.type !== 'file' || fingerprint(found.bytes) !== fingerprint(bytes);
  });
  for (const { path: file, bytes } of lost) {
    const copy = path.join(root, userCopy(file));
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.writeFileSync(copy, bytes);
  }
  return lost.map(({ path: file }) => file);
}

/** Remembers generated files as they are now, and forgets those that are generated no more. Several entries of one file become one. */
export function rememberManaged(root: string, paths: readonly string[], isOwned: (file: string) => boolean): void {
  const memory = Memory.load(root);
  const at = (name: string): string => path.join(root, MEMORY_DIRECTORY, name);
  for (const gone of memory.paths.filter(file => !paths.includes(file) && !isOwned(file) && isManaged(memory.of(file)!))) {
    for (const name of memory.of(gone)!.names) { fs.rmSync(at(name), { force: true }); }
  }
  for (const file of paths) {
    const found = onDisk(root, file);
    if (found.type !== 'file') { continue; }
    const entry = remember(file, found.bytes, false, Remembered.MANAGED);
    const name = entryName(entry);
    const known = memory.of(file)?.names ?? [];
    if (!known.includes(name)) {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true });
      fs.writeFileSync(at(name), encodeEntry(entry));
    }
    for (const old of known.filter(other => other !== name)) { fs.rmSync(at(old), { force: true }); }
  }
}
