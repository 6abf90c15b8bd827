import { userCopy } from './copies';
import type { DesiredFile } from './desired-file';
import { jsonComments, parseJson } from './keyed/json-document';
import { mergeJson } from './keyed/json-edit';
import { parseToml, tomlComments } from './keyed/toml-document';
import { mergeToml } from './keyed/toml-edit';
import { type LineMerge, mergeLines, standIn } from './line-merge';
import { type MemoryEntry, Remembered } from './memory-entry';
import { isBinary, plain } from './text';

/** What came of two versions of a file that both were changed. */
export interface MergeOutcome {
  /** The text to write, in plain style; nothing when the user's file stays as it is. */
  readonly merged?: Buffer;
  /** Whether the text holds conflict markers, or nothing could be merged. */
  readonly conflicted: boolean;
  /** Whether our version must be laid beside the file. */
  readonly incoming: boolean;
  /** Whether something of the user's is not in the text any more, so that the user's version must be kept. */
  readonly isLossy?: boolean;
  readonly notes: readonly string[];
}

/** Merges the user's version with ours; undefined when the user's cannot be read. */
export function mergeVersions(
  desired: DesiredFile,
  theirs: Buffer,
  entries: readonly MemoryEntry[],
): MergeOutcome | undefined {
  if (desired.strategy === 'none' || isBinary(theirs) || isBinary(desired.content)) { return BESIDE; }
  if (desired.strategy === 'lines') { return byLine(desired, theirs, entries); }
  return byKey(desired, KEYED[desired.strategy], theirs, entries);
}

/** Nothing can be merged: the user's version stays, ours is laid beside it. */
const BESIDE: MergeOutcome = { conflicted: true, incoming: true, notes: [] };

function byLine(desired: DesiredFile, theirs: Buffer, entries: readonly MemoryEntry[]): MergeOutcome {
  const [ours, yours] = [plain(desired.content), plain(theirs)];
  const bases = entries
    .filter(entry => entry.kind === Remembered.LINES)
    .map(entry => standIn(entry.lineHashes ?? [], [yours, ours]));
  // A NUL farther down is nearer to the beginning without the carriage returns; git merges no such file.
  if ([ours, yours, ...bases].some(isBinary)) { return BESIDE; }
  const merges = bases.map(base => mergeLines(base, ours, yours));
  // After two git branches were merged there are two versions that the file may have come from.
  const best = merges.reduce<LineMerge | undefined>((a, b) => (a && a.conflicts <= b.conflicts ? a : b), undefined);
  if (!best) { return BESIDE; }
  if (best.conflicts > 0 && desired.isLast) {
    const favoured = mergeLines(bases[merges.indexOf(best)], ours, yours, true);
    return {
      merged: favoured.text,
      conflicted: false,
      incoming: false,
      notes: [`${desired.path}: where the project's latest changes overlap yours, yours were kept`],
    };
  }
  const places = best.conflicts === 1 ? 'one place' : `${best.conflicts} places`;
  return {
    merged: best.text,
    conflicted: best.conflicts > 0,
    incoming: false,
    notes: best.conflicts > 0 ? [`${desired.path}: ${places} to decide`] : [],
  };
}

/** The formats that are merged by key. */
const KEYED = {
  json: { parse: parseJson, merge: mergeJson, comments: jsonComments },
  toml: { parse: parseToml, merge: mergeToml, comments: tomlComments },
};

function byKey(
  desired: DesiredFile, format: typeof KEYED.json | typeof KEYED.toml, theirs: Buffer, entries: readonly MemoryEntry[],
): MergeOutcome | undefined {
  const { path } = desired;
  const ours = plain(desired.content).toString('utf8');
  const yours = plain(theirs).toString('utf8');
  if (!Buffer.from(yours, 'utf8').equals(plain(theirs))) { return undefined; }
  // A list at the top, say: it is sound, and nothing that has keys.
  if (!format.parse(ours)) { return BESIDE; }
  const bases = entries.map(entry => entry.content?.toString('utf8'));
  const merges = (bases.length > 0 ? bases : [undefined]).map(base => format.merge(base, ours, yours));
  const best = merges.filter(result => result !== undefined).sort((a, b) => a.conflicts.length - b.conflicts.length)[0];
  if (!best) { return undefined; }
  const notes = best.conflicts.map(({ key, kept, offered }) =>
    `${path}: ${key} is ${kept} in your file, ${offered} in the options; yours was kept`);
  const left = [best.text, ...bases.filter(base => base !== undefined)].flatMap(format.comments);
  const lost = format.comments(yours).filter(comment => !left.includes(comment));
  if (lost.length > 0) {
    notes.push(`${path}: ${lost.join(', ')} was removed with its parent; your original version: ${userCopy(path)}`);
  }
  return {
    merged: Buffer.from(best.text, 'utf8'),
    conflicted: false,
    incoming: false,
    isLossy: lost.length > 0,
    notes,
  };
}
