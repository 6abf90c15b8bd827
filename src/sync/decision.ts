import type { Remembered } from './memory-entry';

/** What becomes of a file. */
export enum FileState {
  CREATED = 'created',
  UNCHANGED = 'unchanged',
  /** The user had not touched it; it is replaced. */
  UPDATED = 'updated',
  /** Both changed it, and both changes are in it. */
  MERGED = 'merged',
  /** Both changed the same lines; the user must choose. */
  CONFLICTED = 'conflicted',
  /** The user's as it is. */
  KEPT = 'kept',
  /** The user deleted it; it stays deleted. */
  DELETED = 'deleted',
  /** No longer part of the project, untouched: removed. */
  DROPPED = 'dropped',
  /** No longer part of the project, but edited: it stays and is the user's. */
  RELEASED = 'released',
  /** Renamed by the project, with the user's edits. */
  MOVED = 'moved',
  /** Entirely the user's, by option. */
  OWNED = 'owned',
}

/** What to do with one file, and what to report about it. */
export interface Decision {
  readonly path: string;
  readonly state: FileState;
  /** New content and mode of the file. */
  readonly write?: { readonly bytes: Buffer; readonly executable: boolean };
  /** Files to remove: this one, or the one that it was renamed from. */
  readonly remove?: readonly string[];
  /** What to remember from now on; `forget` drops the entry, nothing leaves it as it is. */
  readonly remember?: { readonly content: Buffer; readonly executable: boolean; readonly kind: Remembered } | 'forget';
  /** Paths whose memory is dropped, for a renamed file. */
  readonly forget?: readonly string[];
  /** Copies to leave under `.projen/conflicts/`: the user's version, or, where nothing can be merged, ours. */
  readonly copies?: readonly { readonly name: string; readonly bytes: Buffer }[];
  /** Whether the file is the user's because nothing of it is remembered. */
  readonly foreign?: boolean;
  /** Whether nothing was merged, because the user's text is not of its format at the moment. */
  readonly unreadable?: boolean;
  /** What the user should know, in one sentence each. */
  readonly notes: readonly string[];
}
