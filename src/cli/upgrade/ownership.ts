import type { FileChange } from './snapshots';
import { Memory } from '../../sync/memory';
import { Remembered } from '../../sync/memory-entry';

/** To whom a file belongs that a synth has changed. */
export type Owner = 'conflicted' | 'merged' | 'managed' | 'locks' | 'bookkeeping';

const LOCKS = ['package-lock.json', 'uv.lock'];

/** The files that are remembered as synced ones. */
export function syncedFiles(root: string): readonly string[] {
  const memory = Memory.load(root);
  return memory.paths.filter(file => memory.of(file)?.entries().some(entry => entry.kind !== Remembered.MANAGED));
}

/**
 * Sorts the files that a synth has changed by who owns them.
 *
 * @param synced the synced files before and after: one that was dropped or renamed is remembered only before
 */
export function byOwner(
  changed: readonly FileChange[], conflicts: readonly string[], synced: readonly string[],
): ReadonlyMap<Owner, readonly FileChange[]> {
  const ownerOf = (file: string): Owner => {
    if (conflicts.includes(file)) { return 'conflicted'; }
    if (LOCKS.includes(file)) { return 'locks'; }
    if (file.startsWith('.projen/')) { return 'bookkeeping'; }
    return synced.includes(file) ? 'merged' : 'managed';
  };
  const owners = new Map<Owner, FileChange[]>();
  for (const change of changed) {
    const owner = ownerOf(change.path);
    owners.set(owner, [...(owners.get(owner) ?? []), change]);
  }
  return owners;
}
