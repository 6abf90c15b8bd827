import * as fs from 'node:fs';
import * as path from 'node:path';
import { CONFLICTS_DIRECTORY, freeCopy, makeRoom, userCopy } from './copies';
import { removeEmptyParents } from './journal';
import { isManaged, Memory, MEMORY_DIRECTORY } from './memory';
import { encodeEntry, entryName, remember, Remembered } from './memory-entry';
import { fingerprint } from './text';

/**
 * The files that a synth has put aside before it generates them anew; while the list is there, that synth has not
 * ended.
 */
const PUT_ASIDE = `${CONFLICTS_DIRECTORY}/.generated.json`;

/** A file that was put aside. */
interface Aside {
  readonly file: string;
  readonly copy: string;
  /** Whether it was put aside after a synth had been interrupted, so that it may be what that one was writing. */
  readonly again?: boolean;
  /** Whether nobody seems to have edited it. */
  readonly merged?: boolean;
}

/** A file that was generated over what the user had there, and where that lies now. */
export interface Overwritten {
  readonly file: string;
  readonly copy: string;
}

/**
 * The generated files that are not as they were generated. One of which nothing (sound) is remembered may be all the
 * user's.
 */
export function editedFiles(root: string, paths: readonly string[]): string[] {
  const memory = Memory.load(root);
  return paths.filter(file => isEdited(root, file, memory) === 'edited');
}

function isEdited(root: string, file: string, memory: Memory): 'edited' | 'merged' | undefined {
  const known = memory.of(file);
  const found = contentOf(root, file);
  if (!found) { return undefined; }
  if (!known || !isManaged(known)) { return 'edited'; }
  if (known.fingerprints.includes(fingerprint(found))) { return undefined; }
  // Two entries are left by a merge of git branches: the file is most likely what git made of both.
  return known.names.length === 1 ? 'edited' : 'merged';
}

/** What a generated file says; through a link too, since projen writes through it. */
function contentOf(root: string, file: string): Buffer | undefined {
  try {
    return fs.readFileSync(path.join(root, file));
  } catch {
    // There is none, or a directory, which projen cannot write over.
    return undefined;
  }
}

/**
 * Puts a copy of each edited file aside, before they are generated anew.
 *
 * After a synth that was interrupted, its copies are there, and files may be generated already, half written, or edited
 * since.
 */
export function putAside(root: string, paths: readonly string[]): void {
  const before = readList(root);
  const memory = Memory.load(root);
  const now = [...new Set(paths)].flatMap((file): Aside[] => {
    const how = isEdited(root, file, memory);
    if (how === undefined || (before ?? []).some(aside => aside.file === file && isSame(root, file, aside.copy))) {
      return [];
    }
    const copy = before ? freeCopy(root, file) : userCopy(file);
    copyAside(root, file, copy);
    return [{ file, copy, ...(before ? { again: true } : {}), ...(how === 'merged' ? { merged: true } : {}) }];
  });
  const list = path.join(root, PUT_ASIDE);
  fs.mkdirSync(path.dirname(list), { recursive: true });
  fs.writeFileSync(`${list}.partial`, JSON.stringify([...before ?? [], ...now]));
  fs.renameSync(`${list}.partial`, list);
}

/** The files that were put aside for this synth. */
export function asideFiles(root: string): string[] {
  return (readList(root) ?? []).map(({ file }) => file);
}

function readList(root: string): Aside[] | undefined {
  try {
    const list = JSON.parse(fs.readFileSync(path.join(root, PUT_ASIDE), 'utf8')) as Aside[];
    return list.filter(({ file, copy }) => typeof file === 'string' && typeof copy === 'string');
  } catch {
    return undefined;
  }
}

function isSame(root: string, file: string, copy: string): boolean {
  const [found, saved] = [contentOf(root, file), contentOf(root, copy)];
  return found !== undefined && saved !== undefined && fingerprint(found) === fingerprint(saved);
}

/** Whether a copy holds the beginning of what is in the file now. */
function isHalfWritten(root: string, file: string, copy: string): boolean {
  const [found, saved] = [contentOf(root, file), contentOf(root, copy)];
  return found !== undefined && saved !== undefined && found.subarray(0, saved.length).equals(saved);
}

/**
 * Keeps the copies of files that are not as the user left them any more, and returns what to report; the other
 * copies are removed.
 */
export function keepOverwritten(root: string): Overwritten[] {
  const lost = (readList(root) ?? []).filter(({ file, copy, again }) => {
    const needless = isSame(root, file, copy) || (again === true && isHalfWritten(root, file, copy));
    if (needless) {
      fs.rmSync(path.join(root, copy));
      removeEmptyParents(root, copy);
    }
    return !needless;
  });
  return lost.filter(({ merged }) => !merged).map(({ file, copy }) => ({ file, copy }));
}

/**
 * Says that the synth has ended; only after its generated files are remembered as they are now, or the next one would
 * take them for edited.
 */
export function endPutAside(root: string): void {
  const list = path.join(root, PUT_ASIDE);
  fs.rmSync(list, { force: true });
  if (fs.readdirSync(path.dirname(list)).length === 0) { fs.rmdirSync(path.dirname(list)); }
}

function copyAside(root: string, file: string, copy: string): void {
  const bytes = fs.readFileSync(path.join(root, file));
  if (!makeRoom(root, copy, bytes)) { return; }
  const to = path.join(root, copy);
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.writeFileSync(`${to}.partial`, bytes);
  fs.renameSync(`${to}.partial`, to);
}

/** Forgets files that are generated no more. */
export function forgetManaged(root: string, paths: readonly string[], isOwned: (file: string) => boolean): void {
  const memory = Memory.load(root);
  for (const gone of memory.paths.filter(
    file => !paths.includes(file) && !isOwned(file) && isManaged(memory.of(file)!),
  )) {
    for (const name of memory.of(gone)!.names) { fs.rmSync(path.join(root, MEMORY_DIRECTORY, name), { force: true }); }
  }
}

/** Remembers generated files as they are now. Several entries of one file become one. */
export function rememberManaged(root: string, paths: readonly string[]): void {
  const memory = Memory.load(root);
  const at = (name: string): string => path.join(root, MEMORY_DIRECTORY, name);
  for (const file of paths) {
    const found = contentOf(root, file);
    if (!found) { continue; }
    const entry = remember(file, found, false, Remembered.MANAGED);
    const name = entryName(entry);
    const known = memory.of(file)?.names ?? [];
    // One that a killed synth left half written is not an entry.
    if (!memory.of(file)?.entries().some(sound => entryName(sound) === name)) {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true });
      fs.writeFileSync(at(name), encodeEntry(entry));
    }
    for (const old of known.filter(other => other !== name)) { fs.rmSync(at(old), { force: true }); }
  }
}
