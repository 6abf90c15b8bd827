/**
 * Which changes of a repository start a pipeline: the options allow a path, `folder/**`, and a name in any folder but
 * the root.
 */
export interface ChangedPaths {
  /** All but these. */
  readonly ignored?: readonly string[];
  /** None but these. */
  readonly only?: readonly string[];
}

/**
 * A pattern of the options as Step Functions compares it, where `*` stands for any characters and a backslash escapes
 * (Amazon States Language, "Choice rule", StringMatches).
 *
 * Two asterisks cross folders in a trigger's filter (CodePipeline user guide, "Working with glob patterns in syntax")
 * as each one does here, and in both the slash beside them must be there. A single one, which the paths of the
 * infrastructure may have, does not cross folders there but does here: then a commit more is taken for one of the
 * infrastructure.
 */
export function toStringMatches(pattern: string): string {
  return pattern.replace(/\\/g, '\\\\').replace(/\*\*/g, '*');
}

/**
 * A branch as the filter of a trigger takes it: git allows braces in names, which a glob takes for its own (same
 * chapter).
 */
export function branchFilter(branch: string): string {
  return branch.replace(/[{}]/g, '\\$&');
}
