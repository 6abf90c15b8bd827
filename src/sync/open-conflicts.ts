import * as fs from 'node:fs';
import * as path from 'node:path';
import { incomingCopy } from './copies';
import { hasMarkers } from './line-merge';
import { Memory } from './memory';
import { onDisk } from './on-disk';
import { isBinary } from './text';

/** The synced files that still wait for a decision of the user, as sorted relative paths. */
export function openConflicts(root: string): string[] {
  return Memory.load(root).paths.filter(file => {
    const found = onDisk(root, file);
    if (found.type !== 'file') { return false; }
    return fs.existsSync(path.join(root, incomingCopy(file))) || (!isBinary(found.bytes) && hasMarkers(found.bytes));
  });
}
