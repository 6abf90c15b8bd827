/** A key that both sides changed to different values; the user's value was kept. */
export interface KeyConflict {
  readonly key: string;
  readonly kept: string;
  readonly offered: string;
}

/** The user's text with our changes in it, and the keys where ours were left out. */
export interface KeyedTextMerge {
  readonly text: string;
  readonly conflicts: KeyConflict[];
}
