/** How a file that both sides changed is merged. */
export type Strategy = 'lines' | 'json' | 'toml' | 'none';

/** A file as it should be now. */
export interface DesiredFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly content: Buffer;
  readonly executable: boolean;
  readonly strategy: Strategy;
  /** Written when it is new, and never again. */
  readonly once: boolean;
  /** Where it was in earlier versions; the user's edits move along. */
  readonly previousPaths: readonly string[];
  /** Whether nobody will ask for a decision any more: where both sides changed the same lines, the user's stay. */
  readonly isLast?: boolean;
}
