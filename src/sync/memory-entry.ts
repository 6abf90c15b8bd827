import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { fingerprint, lines, plain } from './text';

/** What is remembered of a content beside its fingerprint: what a later merge needs to know of it, and nothing more. */
export enum Remembered {
  /** The hash of each line: enough to merge by line. */
  LINES = 'L',
  /** The content itself: values are needed to merge by key. */
  CONTENT = 'C',
  /** Nothing: the file is replaced or left, never merged. */
  NOTHING = 'N',
  /** Nothing: the file is generated and overwritten; an edit of it is to be noticed. */
  MANAGED = 'M',
}

/** One remembered content of one file. */
export interface MemoryEntry {
  readonly path: string;
  readonly fingerprint: string;
  readonly executable: boolean;
  readonly kind: Remembered;
  /** For LINES the hash of each line, for CONTENT the content. */
  readonly lineHashes?: readonly string[];
  readonly content?: Buffer;
}

/** 48 bits: two different lines of one file are taken for the same once in 10^14. */
const LINE_HASH = 6;
const CHECK = 8;

/** The entry of a content that is about to be written. */
export function remember(path: string, content: Buffer, executable: boolean, kind: Remembered): MemoryEntry {
  const text = plain(content);
  return {
    path, executable, kind, fingerprint: fingerprint(content),
    ...(kind === Remembered.LINES ? { lineHashes: lines(text).map(lineHash) } : {}),
    ...(kind === Remembered.CONTENT ? { content: text } : {}),
  };
}

/** What identifies a line. */
export function lineHash(line: Buffer): string {
  return createHash('sha256').update(line).digest('hex').slice(0, LINE_HASH * 2);
}

/**
 * The file that holds an entry: a name made of path and content, so that different contents are different files and git
 * has nothing to merge.
 */
export function entryName(entry: Pick<MemoryEntry, 'path' | 'fingerprint' | 'executable'>): string {
  return `${entry.path}.${entry.fingerprint}${entry.executable ? 'x' : ''}`;
}

/** What a file below the memory's directory is called after; undefined when it is none of ours. */
export function parseEntryName(name: string): Pick<MemoryEntry, 'path' | 'fingerprint' | 'executable'> | undefined {
  const match = /^(.+)\.([0-9a-f]{16})(x?)$/s.exec(name);
  return match ? { path: match[1], fingerprint: match[2], executable: match[3] === 'x' } : undefined;
}

/**
 * The bytes of an entry: kind, checksum and body, all mixed with a stream that only this name has.
 *
 * Without the mixing git would take the entry of one version for a renamed one of another, and two branches that both
 * go on from it for a conflict.
 */
export function encodeEntry(entry: MemoryEntry): Buffer {
  const body = encodeBody(entry);
  return mixed(Buffer.concat([Buffer.from(entry.kind), checksum(entry, entry.kind, body), body]), entryName(entry));
}

/** Reads an entry back; undefined when it is damaged or was edited. */
export function decodeEntry(name: string, bytes: Buffer): MemoryEntry | undefined {
  const head = parseEntryName(name);
  if (!head || bytes.length < 1 + CHECK) { return undefined; }
  const clear = mixed(bytes, name);
  const kind = clear.toString('latin1', 0, 1) as Remembered;
  const body = clear.subarray(1 + CHECK);
  if (!Object.values(Remembered).includes(kind) || !clear.subarray(1, 1 + CHECK).equals(checksum(head, kind, body))) {
    return undefined;
  }
  // Most files are as they were: what is in the body is unpacked only when it is asked for, for a merge.
  switch (kind) {
    case Remembered.LINES:
      return {
        ...head, kind,
        get lineHashes() { return inflateRawSync(body).toString('hex').match(/.{12}/g) ?? []; },
      };
    case Remembered.CONTENT:
      return {
        ...head, kind,
        get content() { return brotliDecompressSync(body); },
      };
    default:
      return { ...head, kind };
  }
}

function encodeBody({ kind, lineHashes, content }: MemoryEntry): Buffer {
  if (kind === Remembered.LINES) {
    return deflateRawSync(Buffer.from((lineHashes ?? []).join(''), 'hex'), { level: 9 });
  }
  if (kind === Remembered.CONTENT) {
    return brotliCompressSync(content ?? Buffer.alloc(0), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  }
  return Buffer.alloc(0);
}

function checksum(
  head: Pick<MemoryEntry, 'path' | 'fingerprint' | 'executable'>,
  kind: Remembered,
  body: Buffer,
): Buffer {
  return createHash('sha256')
    .update(`${entryName(head)}\0${kind}\0`)
    .update(body)
    .digest()
    .subarray(0, CHECK);
}

function mixed(bytes: Buffer, name: string): Buffer {
  const stream = createHash('shake256', { outputLength: bytes.length }).update(name).digest();
  for (let i = 0; i < stream.length; i++) { stream[i] ^= bytes[i]; }
  return stream;
}
