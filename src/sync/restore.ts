import { incomingCopy, userCopy } from './copies';
import { type Change } from './journal';
import { Memory, MEMORY_DIRECTORY } from './memory';
import { onDisk } from './on-disk';

/**
 * The changes that give files back to the project: the user's version becomes a copy under `.projen/conflicts/`, and
 * nothing is remembered of the file, so that the next plan creates it.
 *
 * @throws when something other than a file is at a path
 */
export function restoreChanges(root: string, files: readonly string[]): Change[] {
  const memory = Memory.load(root);
  return files.map(file => {
    const found = onDisk(root, file);
    if (found.type === 'other') {
      throw new Error(`${file} cannot be restored: ${found.what}. Move it away and run the command again.`);
    }
    return {
      operations: [
        ...(found.type === 'file'
          ? [
            { put: userCopy(file), bytes: found.bytes, executable: false },
            { remove: file, before: found },
          ]
          : []),
        // A version of ours that waited for a decision waits no more.
        { remove: incomingCopy(file) },
        ...(memory.of(file)?.names ?? []).map(name => ({ remove: `${MEMORY_DIRECTORY}/${name}` })),
      ],
    };
  });
}
