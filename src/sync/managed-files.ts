import * as fs from 'node:fs';
import * as path from 'node:path';
import { CONFLICTS_DIRECTORY, userCopy } from './layout';
import { isManaged, Memory, MEMORY_DIRECTORY } from './memory';
import { encodeEntry, entryName, remember, Remembered } from './memory-entry';
import { onDisk } from './on-disk';
import { fingerprint } from './text';

/** The files that a synth has put aside before it generates them anew; while the list is there, that synth has not ended. */
const PUT_ASIDE = `${CONFLICTS_DIRECTORY}/.generated.json`;

/** The generated files that are not as they were generated. */
export function editedFiles(root: string, paths: readonly string[]): string[] {
  const memory = Memory.load(root);
  return paths.filter(file => {
    const known = memory.of(file);
    const found = onDisk(root, file);
    // Two entries are left by a merge of git branches: the file is what git made of both, and no one's edit.
    return known?.names.length === 1 && found.type === 'file' && !known.fingerprints.includes(fingerprint(found.bytes)) && isManaged(known);
  });
}

/**
 * Puts a copy of each edited file aside, before they are generated anew.
 *
 * After a synth that was interrupted, the copies are there and files may be half written: nothing is put aside again.
 */
export function putAside(root: string, paths: readonly string[]): void {
  const list = path.join(root, PUT_ASIDE);
  if (fs.existsSync(list)) { return; }
  const edited = editedFiles(root, paths);
  for (const file of edited) { copy(path.join(root, file), path.join(root, userCopy(file))); }
  fs.mkdirSync(path.dirname(list), { recursive: true });
  fs.writeFileSync(`${list}.partial`, JSON.stringify(edited));
  fs.renameSync(`${list}.partial`, list);
}

/** Keeps the copies of files that are not as the user left them any more, and returns their paths; the other copies are removed. */
export function keepOverwritten(root: string): string[] {
  const list = path.join(root, PUT_ASIDE);
  const edited = JSON.parse(fs.readFileSync(list, 'utf8')) as string[];
  const lost = edited.filter(file => {
    const saved = path.join(root, userCopy(file));
    const found = onDisk(root, file);
    const same = found.type === 'file' && fs.existsSync(saved) && fingerprint(found.bytes) === fingerprint(fs.readFileSync(saved));
    if (same) { fs.rmSync(saved); }
    return !same;
  });
  return lost;
}

/** Says that the synth has ended; only after its generated files are remembered as they are now, or the next one would take them for edited. */
export function endPutAside(root: string): void {
  const list = path.join(root, PUT_ASIDE);
  fs.rmSync(list, { force: true });
  if (fs.readdirSync(path.dirname(list)).length === 0) { fs.rmdirSync(path.dirname(list)); }
}

function copy(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, `${to}.partial`);
  fs.chmodSync(`${to}.partial`, 0o644);
  fs.renameSync(`${to}.partial`, to);
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
    // One that a killed synth left half written is no entry.
    if (!memory.of(file)?.entries().some(sound => entryName(sound) === name)) {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true });
      fs.writeFileSync(at(name), encodeEntry(entry));
    }
    for (const old of known.filter(other => other !== name)) { fs.rmSync(at(old), { force: true }); }
  }
}
