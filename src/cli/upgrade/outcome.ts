import type { FileChange } from './git';
import type { Owner } from './ownership';
import type { VersionChanges } from './version-changes';

/** What an upgrade came to. */
export interface Outcome {
  /** Whether any file differs from before. */
  readonly changed: boolean;
  readonly versions: VersionChanges;
  /** What the synth did; empty in an ejected repository. */
  readonly files: ReadonlyMap<Owner, readonly FileChange[]>;
  /** Files with markers to resolve. */
  readonly conflicts: readonly string[];
  /** Null when they were not run. */
  readonly testsPassed: boolean | null;
  /** Why they were not run. */
  readonly testsSkipped?: string;
  /** The end of the output of tests that failed. */
  readonly testOutput?: string;
}

/** Exit code of the command. */
export function exitCode({ conflicts, testsPassed }: Outcome): number {
  if (conflicts.length > 0) { return 3; }
  return testsPassed === false ? 4 : 0;
}
