import type { FileChange } from './git';
import { Memory } from '../../sync/memory';
import { Remembered } from '../../sync/memory-entry';

/** To whom a file belongs that a synth has changed. */
export type Owner = 'conflicted' | 'merged' | 'managed' | 'locks' | 'bookkeeping';

const LOCKS = ['package-lock.json', 'uv.lock'];

/** Sorts the files that a synth has changed by who owns them. */
export function byOwner(root: string, changed: readonly FileChange[], conflicts: readonly string[]): ReadonlyMap<Owner, readonly FileChange[]> {
  const memory = Memory.load(root);
  const ownerOf = (file: string): Owner => {
    if (conflicts.includes(file)) { return 'conflicted'; }
    if (LOCKS.includes(file)) { return 'locks'; }
    if (file.startsWith('.projen/')) { return 'bookkeeping'; }
    const entry = memory.of(file)?.entries().at(-1);
    return entry && entry.kind !== Remembered.MANAGED ? 'merged' : 'managed';
  };
  const owners = new Map<Owner, FileChange[]>();
  for (const change of changed) {
    const owner = ownerOf(change.path);
    owners.set(owner, [...(owners.get(owner) ?? []), change]);
  }
  return owners;
}
