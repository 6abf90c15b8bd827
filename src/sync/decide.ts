import { type Decision, FileState } from './decision';
import type { DesiredFile } from './desired-file';
import { hasMarkers } from './line-merge';
import type { Recollection } from './memory';
import { type MemoryEntry, Remembered } from './memory-entry';
import { mergeVersions } from './merge-versions';
import type { OnDisk } from './on-disk';
import { fingerprint, isBinary, plain, styled, styleOf } from './text';

/** What is known of a file before it is decided upon. */
export interface Situation {
  readonly desired: DesiredFile;
  readonly found: OnDisk;
  readonly memory: Recollection | undefined;
  /** Whether a version of ours that could not be merged still lies beside it, for the user to decide. */
  readonly undecided: boolean;
  /** Where the file lay before, when its memory is still under that path. */
  readonly previous?: {
    readonly path: string;
    readonly found: OnDisk;
    readonly memory: Recollection;
    readonly undecided: boolean;
  };
}

/** Decides what becomes of a file that the project wants. Pure: nothing is read or written, but for a merge by git. */
export function decide({ desired, found, memory, undecided, previous }: Situation): Decision {
  const { path } = desired;
  if (found.type === 'other') {
    return { path, state: FileState.KEPT, notes: [`${path}: ${found.what}; it was not changed`] };
  }
  if (memory && found.type === 'missing') { return { path, state: FileState.DELETED, notes: [] }; }
  if (memory && found.type === 'file') {
    return undecided ? { path, state: FileState.CONFLICTED, notes: [] } : decideRemembered(desired, found, memory);
  }
  if (found.type === 'file') { return decideForeign(desired, found); }
  return previous ? decideMoved(desired, previous) : create(desired);
}

function create(desired: DesiredFile): Decision {
  const { path, content, executable } = desired;
  return {
    path,
    state: FileState.CREATED,
    write: { bytes: content, executable },
    remember: memorise(desired),
    notes: [],
  };
}

/** Nothing is remembered of it, so all of it is the user's, unless it says what we would have written anyway. */
function decideForeign(desired: DesiredFile, found: OnDisk & { type: 'file' }): Decision {
  const { path } = desired;
  return fingerprint(found.bytes) === fingerprint(desired.content)
    ? { path, state: FileState.UNCHANGED, remember: memorise(desired), notes: [] }
    : { path, state: FileState.KEPT, foreign: true, notes: [] };
}

function decideRemembered(desired: DesiredFile, found: OnDisk & { type: 'file' }, memory: Recollection): Decision {
  const { path, content } = desired;
  const theirs = fingerprint(found.bytes);
  const ours = fingerprint(content);
  const untouched = memory.fingerprints.includes(theirs);
  if (desired.once) { return { path, state: untouched ? FileState.UNCHANGED : FileState.KEPT, notes: [] }; }
  const entries = memory.entries();
  const isRemembered = memory.names.length === 1 && untouched && sameMode(desired, found, memory);
  if (theirs === ours && (entries.length === 0 || (isRemembered && sameKind(desired, entries[0])))) {
    // A damaged entry of a file that is as it should be is written anew.
    return {
      path,
      state: FileState.UNCHANGED,
      ...(entries.length === 0 ? { remember: memorise(desired) } : {}),
      notes: [],
    };
  }
  if (entries.length === 0) {
    return {
      path,
      state: FileState.KEPT,
      remember: 'forget',
      notes: [`${path}: its sync memory is damaged, so all of the file counts as yours`],
    };
  }
  if (theirs === ours || untouched) { return replace(desired, found, entries); }
  if (memory.names.length === 1 && memory.fingerprints[0] === ours) { return keep(desired, found, entries[0]); }
  if (inConflict(found.bytes, content)) { return { path, state: FileState.CONFLICTED, notes: [] }; }
  return merged(desired, found, entries);
}

function sameMode(desired: DesiredFile, found: OnDisk & { type: 'file' }, memory: Recollection): boolean {
  const remembered = memory.names[0].endsWith('x');
  return desired.executable === remembered && found.executable === remembered;
}

/**
 * Whether what is remembered is what a merge of today needs; not after the file was merged in another way, or
 * generated.
 */
function sameKind(desired: DesiredFile, entry: MemoryEntry): boolean {
  return entry.kind === kindOf(desired);
}

/** Whether an earlier merge still waits for a decision; a file that is about markers, in our version too, is none. */
function inConflict(theirs: Buffer, ours: Buffer): boolean {
  return !isBinary(theirs) && hasMarkers(theirs) && !hasMarkers(ours);
}

/** The user has not touched the text; at most the mode, the line ends and the byte-order mark, which stay. */
function replace(desired: DesiredFile, found: OnDisk & { type: 'file' }, entries: readonly MemoryEntry[]): Decision {
  const { path, content } = desired;
  const executable = mergedMode(desired, found, entries[0]);
  const same = fingerprint(found.bytes) === fingerprint(content);
  const bytes = same ? found.bytes : restyled(content, found.bytes);
  const changed = !same || executable !== found.executable;
  return {
    path, state: changed ? FileState.UPDATED : FileState.UNCHANGED,
    ...(changed ? { write: { bytes, executable } } : {}), remember: memorise(desired), notes: [],
  };
}

function keep(desired: DesiredFile, found: OnDisk & { type: 'file' }, entry: MemoryEntry): Decision {
  const { path } = desired;
  const executable = mergedMode(desired, found, entry);
  return {
    path,
    state: inConflict(found.bytes, desired.content) ? FileState.CONFLICTED : FileState.KEPT,
    ...(executable !== found.executable ? { write: { bytes: found.bytes, executable } } : {}),
    ...(desired.executable !== entry.executable || !sameKind(desired, entry) ? { remember: memorise(desired) } : {}),
    notes: [],
  };
}

function merged(desired: DesiredFile, found: OnDisk & { type: 'file' }, entries: readonly MemoryEntry[]): Decision {
  const { path } = desired;
  const executable = mergedMode(desired, found, entries[0]);
  const outcome = mergeVersions(desired, found.bytes, entries);
  if (!outcome) { return unreadable(path, desired); }
  const bytes = outcome.merged ? styled(outcome.merged, styleOf(found.bytes)) : found.bytes;
  const changed = !bytes.equals(found.bytes) || executable !== found.executable;
  return {
    path,
    state: outcome.conflicted ? FileState.CONFLICTED : stateOf(bytes, desired.content, changed),
    ...(changed ? { write: { bytes, executable } } : {}),
    remember: memorise(desired),
    copies:
      (outcome.conflicted && !outcome.incoming) || outcome.isLossy
        ? [{ name: path, bytes: found.bytes }]
        : outcome.incoming
          ? [{ name: `${path}.generated`, bytes: desired.content }]
          : [],
    notes: outcome.notes,
  };
}

function unreadable(path: string, { strategy }: DesiredFile): Decision {
  return {
    path,
    state: FileState.KEPT,
    unreadable: true,
    notes: [`${path} is not valid ${strategy.toUpperCase()}; it stays unchanged until you fix it`],
  };
}

function stateOf(bytes: Buffer, ours: Buffer, changed: boolean): FileState {
  if (!changed) { return FileState.KEPT; }
  return fingerprint(bytes) === fingerprint(ours) ? FileState.UPDATED : FileState.MERGED;
}

/** The project renamed it: what the user did to it at its old place is merged and moves along. */
function decideMoved(desired: DesiredFile, previous: NonNullable<Situation['previous']>): Decision {
  const { found, memory } = previous;
  const forget = [previous.path];
  if (found.type === 'missing') {
    return { path: desired.path, state: FileState.DELETED, remember: memorise(desired), forget, notes: [] };
  }
  if (found.type === 'other') { return create(desired); }
  // Without its history the old file stays where it is, and is the user's.
  if (memory.entries().length === 0) { return create(desired); }
  if (previous.undecided) { return { path: previous.path, state: FileState.CONFLICTED, notes: [] }; }
  const there = decideRemembered(desired, found, memory);
  // It waits at its old place for a decision, or for a fix: what was not merged must not be remembered as
  // merged.
  if (there.state === FileState.CONFLICTED && !there.remember) { return { ...there, path: previous.path, notes: [] }; }
  if (there.unreadable) { return unreadable(previous.path, desired); }
  const bytes = there.write?.bytes ?? found.bytes;
  const executable = there.write?.executable ?? found.executable;
  return {
    ...there, state: there.state === FileState.CONFLICTED ? FileState.CONFLICTED : FileState.MOVED,
    write: { bytes, executable }, remember: memorise(desired), remove: [previous.path], forget,
    notes: [`${previous.path} is now ${desired.path}`, ...there.notes],
  };
}

/** A file that the project no longer wants. */
export function decideDropped(path: string, found: OnDisk, memory: Recollection): Decision {
  if (found.type === 'file' && memory.fingerprints.includes(fingerprint(found.bytes))) {
    return { path, state: FileState.DROPPED, remove: [path], remember: 'forget', notes: [] };
  }
  return found.type === 'missing'
    ? { path, state: FileState.DELETED, remember: 'forget', notes: [] }
    : { path, state: FileState.RELEASED, remember: 'forget', notes: [] };
}

function mergedMode(desired: DesiredFile, found: OnDisk & { type: 'file' }, entry: MemoryEntry): boolean {
  return found.executable !== entry.executable ? found.executable : desired.executable;
}

function restyled(content: Buffer, like: Buffer): Buffer {
  return isBinary(content) ? content : styled(plain(content), styleOf(like));
}

function memorise(desired: DesiredFile): Decision['remember'] {
  return { content: desired.content, executable: desired.executable, kind: kindOf(desired) };
}

function kindOf({ content, strategy, once }: DesiredFile): Remembered {
  if (once || strategy === 'none' || isBinary(content)) { return Remembered.NOTHING; }
  return strategy === 'lines' ? Remembered.LINES : Remembered.CONTENT;
}
