import * as fs from 'node:fs';
import * as path from 'node:path';
import { CONFLICTS_DIRECTORY, incomingCopy } from './copies';
import { decide, decideDropped } from './decide';
import { type Decision, FileState } from './decision';
import type { DesiredFile } from './desired-file';
import type { Change } from './journal';
import { isManaged, Memory, MEMORY_DIRECTORY } from './memory';
import { encodeEntry, entryName, type MemoryEntry, remember } from './memory-entry';
import { onDisk } from './on-disk';

/** What a synth wants, and whose files are whose. */
export interface SyncRequest {
  readonly root: string;
  readonly files: readonly DesiredFile[];
  /** Whether a file is entirely the user's, by option. */
  readonly isOwned: (file: string) => boolean;
  /** Files that are generated and overwritten by someone else; they are not ours to remove. */
  readonly managed: readonly string[];
  /**
   * Whether this is the last synth: where both sides changed the same lines the user's stay, since nobody would ask for
   * a decision again.
   */
  readonly isLast?: boolean;
}

/** What will become of every file, and the changes that make it so. */
export interface SyncPlan {
  readonly decisions: readonly Decision[];
  readonly changes: readonly Change[];
}

/** Decides upon every file. Nothing is written. */
export function planSync({ root, files: wantedFiles, isOwned, managed, isLast = false }: SyncRequest): SyncPlan {
  const files = wantedFiles.map(file => ({ ...file, isLast }));
  const memory = Memory.load(root);
  const wanted = new Set([...files.map(file => file.path), ...managed]);
  const moved = new Set<string>();
  const decisions = files.map((desired): Decision => {
    if (isOwned(desired.path)) { return { path: desired.path, state: FileState.OWNED, notes: [] }; }
    const before = memory.of(desired.path)
      ? undefined
      : desired.previousPaths.find(old => memory.of(old) && !wanted.has(old) && !isOwned(old));
    const at = (file: string) => ({
      found: onDisk(root, file),
      undecided: fs.existsSync(path.join(root, incomingCopy(file))),
    });
    const previous = before === undefined ? undefined : { path: before, memory: memory.of(before)!, ...at(before) };
    const decision = decide({ desired, memory: memory.of(desired.path), previous, ...at(desired.path) });
    if (before !== undefined && (decision.path === before || decision.forget?.includes(before))) { moved.add(before); }
    return isLast && decision.state === FileState.CONFLICTED && decision.remember ? keepYours(decision.path) : decision;
  });
  const dropped = memory.paths
    .filter(file => !wanted.has(file) && !moved.has(file) && !isOwned(file) && !isManaged(memory.of(file)!))
    .map(file => decideDropped(file, onDisk(root, file), memory.of(file)!));
  const all = [...decisions, ...dropped];
  return {
    decisions: all,
    changes: all.map(decision => changeOf(root, decision, memory)).filter(change => change.operations.length > 0),
  };
}

function keepYours(file: string): Decision {
  return {
    path: file,
    state: FileState.KEPT,
    notes: [`${file}: the project's latest version cannot be merged with yours and was skipped`],
  };
}

function changeOf(root: string, decision: Decision, memory: Memory): Change {
  const { path: file, write, remove = [], copies = [] } = decision;
  return {
    operations: [
      ...copies.map(({ name, bytes }) => ({ put: `${CONFLICTS_DIRECTORY}/${name}`, bytes, executable: false })),
      ...(write ? [{ put: file, bytes: write.bytes, executable: write.executable, before: onDisk(root, file) }] : []),
      ...remove.map(old => ({ remove: old, before: onDisk(root, old) })),
      ...memoryOperations(decision, memory),
    ],
  };
}

function memoryOperations(decision: Decision, memory: Memory): Change['operations'] {
  const { path: file, remember: what, forget = [] } = decision;
  const known = memory.of(file)?.names ?? [];
  const entry: MemoryEntry | undefined =
    what && what !== 'forget' ? remember(file, what.content, what.executable, what.kind) : undefined;
  const name = entry && entryName(entry);
  const isNew =
    entry && name && !(known.length === 1 && known[0] === name && memory.of(file)!.entries()[0]?.kind === entry.kind);
  const stale = [
    ...(what ? known.filter(old => old !== name) : []), ...forget.flatMap(old => memory.of(old)?.names ?? []),
  ];
  return [
    ...(isNew ? [{ put: `${MEMORY_DIRECTORY}/${name}`, bytes: encodeEntry(entry), executable: false }] : []),
    ...stale.map(old => ({ remove: `${MEMORY_DIRECTORY}/${old}` })),
  ];
}
