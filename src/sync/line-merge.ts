import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { lineHash } from './memory-entry';
import { lines } from './text';

/** The names beside the conflict markers. */
export const LABELS = { yours: 'yours', generated: 'generated' } as const;

/** A merge by line. */
export interface LineMerge {
  readonly text: Buffer;
  /** Places where both sides changed the same lines; they stand between markers in the text. */
  readonly conflicts: number;
}

/**
 * Merges two texts that both come from a third one, as `git merge-file` does.
 *
 * @param favourTheirs take the user's lines where both sides changed the same ones, instead of leaving markers
 * @throws when git cannot be run
 */
export function mergeLines(base: Buffer, ours: Buffer, theirs: Buffer, favourTheirs: boolean = false): LineMerge {
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'merge-'));
  try {
    const files = [['yours', theirs], ['base', base], ['generated', ours]] as const;
    for (const [name, text] of files) { fs.writeFileSync(path.join(directory, name), text); }
    const result = spawnSync(
      'git',
      [
        // A style of the user's that shows the common text too would show what stands in for it.
        '-c', 'merge.conflictStyle=merge', 'merge-file', '-p', '-q', '-L', LABELS.yours, '-L', 'base', '-L',
        LABELS.generated, ...(favourTheirs ? ['--ours'] : []), ...files.map(([name]) => name),
      ],
      { cwd: directory, maxBuffer: 1024 * 1024 * 1024 },
    );
    // The exit code is the number of conflicts, at most 127.
    if (result.error || result.status === null || result.status > 127) {
      throw new Error(
        `merging files needs git, which cannot be run: ${result.error?.message ?? result.stderr.toString()}. Install `
          + 'git and put it on the PATH.',
      );
    }
    return { text: result.stdout, conflicts: result.status };
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * A text that can stand in for a remembered one in a merge with two others.
 *
 * Only the hash of each line is remembered. A line that neither of the others has was changed or removed by both, so
 * nothing of it can be in the result; its hash stands in for it.
 */
export function standIn(hashes: readonly string[], others: readonly Buffer[]): Buffer {
  const known = new Map(others.flatMap(text => lines(text)).map(line => [lineHash(line), line]));
  return Buffer.concat(hashes.map(hash => known.get(hash) ?? Buffer.from(`\u0001${hash}\n`)));
}

/** Whether a text still holds a conflict between markers of ours. */
export function hasMarkers(text: Buffer): boolean {
  const found = text.toString('latin1');
  return (
    found.includes('<<<<<<<')
    && new RegExp(
      `^(?:\xef\xbb\xbf)?<{7} ${LABELS.yours}\\r?$[^]*?^={7}\\r?$[^]*?^>{7} ${LABELS.generated}\\r?$`, 'm',
    ).test(found)
  );
}
