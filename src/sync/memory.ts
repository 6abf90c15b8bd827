import * as fs from 'node:fs';
import * as path from 'node:path';
import { everyFileBelow } from './files-below';
import { decodeEntry, type MemoryEntry, parseEntryName, Remembered } from './memory-entry';

/** Where the memory lies, relative to the repository. */
export const MEMORY_DIRECTORY = '.projen/sync';

/** What is remembered of one file: usually one entry, more after two git branches were merged. */
export interface Recollection {
  /** Names of the files that hold the entries, relative to the memory's directory. */
  readonly names: readonly string[];
  /** The fingerprints in the names, which need no reading. */
  readonly fingerprints: readonly string[];
  /** The entries that are sound. */
  readonly entries: () => readonly MemoryEntry[];
}

/** Whether what is remembered is of a generated file, which is not ours to merge or to remove. */
export function isManaged({ entries }: Recollection): boolean {
  return entries().some(entry => entry.kind === Remembered.MANAGED);
}

/**
 * Everything that was last written, by path. Entries are read when they are asked for: an unchanged file needs only its
 * name.
 */
export class Memory {
  /** Reads the names; a repository without a memory has an empty one. */
  public static load(root: string): Memory {
    const directory = path.join(root, MEMORY_DIRECTORY);
    const names = fs.existsSync(directory) ? everyFileBelow(directory) : [];
    const byPath = new Map<string, string[]>();
    for (const name of names) {
      const head = parseEntryName(name);
      if (head) { byPath.set(head.path, [...(byPath.get(head.path) ?? []), name]); }
    }
    return new Memory(directory, byPath);
  }

  private constructor(
    private readonly directory: string,
    private readonly byPath: ReadonlyMap<string, readonly string[]>,
  ) {}

  /** The paths of all files that something is remembered of, sorted. */
  public get paths(): string[] {
    return [...this.byPath.keys()].sort();
  }

  /** What is remembered of a file; undefined when nothing is. */
  public of(file: string): Recollection | undefined {
    const names = this.byPath.get(file);
    if (!names) { return undefined; }
    let entries: MemoryEntry[] | undefined;
    return {
      names,
      fingerprints: names.map(name => parseEntryName(name)!.fingerprint),
      entries: () => (entries ??= names.map(name => this.read(name)).filter(entry => entry !== undefined)),
    };
  }

  private read(name: string): MemoryEntry | undefined {
    try {
      return decodeEntry(name, fs.readFileSync(path.join(this.directory, name)));
    } catch {
      // Damaged beyond its checksum, or a directory or link in its place: the same as an edited entry.
      return undefined;
    }
  }
}
