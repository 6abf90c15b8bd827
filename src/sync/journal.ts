import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isCopy, makeRoom } from './copies';
import { onDisk, type OnDisk } from './on-disk';

/** Where changes are staged, relative to the repository; not committed. */
export const JOURNAL_DIRECTORY = '.projen/sync.journal';

/**
 * Puts a file in place, or removes one. With `before`, only when the file is still as it was then, or already as it
 * should be.
 */
export type Operation =
  | { readonly put: string; readonly bytes: Buffer; readonly executable: boolean; readonly before?: OnDisk }
  | { readonly remove: string; readonly before?: OnDisk };

/** Operations that belong together: the file, its memory, the copies. All of them are done, or none. */
export interface Change {
  readonly operations: readonly Operation[];
}

/** An operation as it stands in the journal: contents are staged beside it, states are hashes. */
interface Step {
  readonly path: string;
  /** Name of the staged content; none for a removal. */
  readonly staged?: string;
  readonly mode?: number;
  /** State of the path before and after, where it matters; `-` is nothing there. */
  readonly before?: string;
  readonly after: string;
}

const PLAN = 'plan.json';

/**
 * Makes changes so that they are done completely, if not now then by the next `recover`: everything is staged first,
 * one rename declares the journal complete, and only then the repository is touched.
 */
export function applyChanges(root: string, changes: readonly Change[]): void {
  if (changes.length === 0) { return; }
  const directory = path.join(root, JOURNAL_DIRECTORY);
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  let count = 0;
  const steps = changes.map(({ operations }) => operations.map((operation): Step => {
    const before = operation.before && stateOf(operation.before);
    if ('remove' in operation) { return { path: operation.remove, before, after: '-' }; }
    const staged = String(count++);
    fs.writeFileSync(path.join(directory, staged), operation.bytes);
    const { put, bytes, executable } = operation;
    return { path: put, staged, mode: modeOf(root, put, executable), before, after: hash(bytes, executable) };
  }));
  const partial = path.join(directory, `${PLAN}.partial`);
  writeThrough(partial, JSON.stringify(steps));
  fs.renameSync(partial, path.join(directory, PLAN));
  carryOut(root, directory, steps);
}

/**
 * Completes what an interrupted synth began. A journal that was never completed or cannot be read is dropped: each file
 * of it is as before or as it should be, and the next plan goes on from there.
 *
 * @returns whether there was something to complete
 */
export function recover(root: string): boolean {
  const directory = path.join(root, JOURNAL_DIRECTORY);
  const changes = readPlan(path.join(directory, PLAN));
  if (!changes) {
    fs.rmSync(directory, { recursive: true, force: true });
    return false;
  }
  carryOut(root, directory, changes.filter(steps => steps.every(step => isStaged(directory, step))));
  return true;
}

function readPlan(file: string): Step[][] | undefined {
  try {
    const changes: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return Array.isArray(changes) && changes.every(Array.isArray) ? changes as Step[][] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the content of a step is whole; after a power failure the plan may have reached the disk, and the content
 * not.
 */
function isStaged(directory: string, { staged, after }: Step): boolean {
  if (staged === undefined) { return true; }
  const file = path.join(directory, staged);
  return fs.existsSync(file) && hash(fs.readFileSync(file), after.endsWith('x')) === after;
}

function carryOut(root: string, directory: string, changes: readonly (readonly Step[])[]): void {
  for (const steps of changes) {
    // Someone edited the file since: then neither the file nor its memory is touched, and the next plan decides anew.
    if (!steps.every(step => isExpected(root, step))) { continue; }
    for (const step of steps) { carryOutStep(root, directory, step); }
  }
  // Without its plan the rest of a journal is of no use; so a kill in here leaves nothing to do again.
  fs.rmSync(path.join(directory, PLAN), { force: true });
  fs.rmSync(directory, { recursive: true, force: true });
}

function isExpected(root: string, { path: file, before, after }: Step): boolean {
  if (before === undefined) { return true; }
  const now = stateOf(onDisk(root, file));
  return now === before || now === after;
}

function carryOutStep(root: string, directory: string, { path: file, staged, mode, before }: Step): void {
  const target = path.join(root, file);
  if (staged !== undefined && isCopy(file) && !makeRoom(root, file, fs.readFileSync(path.join(directory, staged)))) {
    return;
  }
  // Files of the user were looked at before; what stands in the way of our own was put there by mistake.
  if (before === undefined && fs.lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    fs.rmSync(target, { recursive: true });
  }
  if (staged === undefined) {
    fs.rmSync(target, { force: true });
    removeEmptyParents(root, file);
    return;
  }
  fs.mkdirSync(path.dirname(target), { recursive: true });
  // The staged file stays until the end, so that the step can be done again.
  const ready = path.join(directory, 'ready');
  fs.rmSync(ready, { force: true });
  fs.copyFileSync(path.join(directory, staged), ready);
  fs.chmodSync(ready, mode ?? 0o644);
  fs.renameSync(ready, target);
}

/** Removes the directories that a file was the last one in. */
export function removeEmptyParents(root: string, file: string): void {
  for (let parent = path.posix.dirname(file); parent !== '.'; parent = path.posix.dirname(parent)) {
    const directory = path.join(root, parent);
    const stat = fs.lstatSync(directory, { throwIfNoEntry: false });
    if (stat && (!stat.isDirectory() || fs.readdirSync(directory).length > 0)) { return; }
    if (stat) { fs.rmdirSync(directory); }
  }
}

/** Read and write permissions stay as the user set them; new files get the usual ones. */
function modeOf(root: string, file: string, executable: boolean): number {
  const stat = isCopy(file) ? undefined : fs.lstatSync(path.join(root, file), { throwIfNoEntry: false });
  const mode = stat?.isFile() ? stat.mode & 0o777 : 0o644;
  return executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;
}

function stateOf(found: OnDisk): string {
  return found.type === 'file' ? hash(found.bytes, found.executable) : found.type === 'missing' ? '-' : 'other';
}

function hash(bytes: Buffer, executable: boolean): string {
  return `${createHash('sha256').update(bytes).digest('hex')}${executable ? 'x' : ''}`;
}

function writeThrough(file: string, text: string): void {
  const descriptor = fs.openSync(file, 'w');
  try {
    fs.writeFileSync(descriptor, text);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
