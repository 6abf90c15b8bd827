/** Which changes of a repository start a pipeline. */
export interface ChangedPaths {
  /** All but these. */
  readonly ignored?: readonly string[];
  /** None but these. */
  readonly only?: readonly string[];
}

/**
 * A pattern of the options as Step Functions compares it, where `*` stands for any characters, slashes included, and a backslash escapes (Amazon States
 * Language, "Choice rule", StringMatches).
 *
 * A pattern is a path; a folder with everything below it, `folder/**` or `folder/`; or, after two asterisks and a slash, either of them in any folder but
 * the root. That is how a trigger's filter reads them (CodePipeline user guide, "Working with glob patterns in syntax"): the slash has to be there.
 */
export function toStringMatches(pattern: string): string {
  const { anywhere, name, folder } = partsOf(pattern);
  return `${anywhere ? '*/' : ''}${name.replace(/[\\*]/g, '\\$&')}${folder ? '/*' : ''}`;
}

/** A pattern of the options as the filter of a trigger takes it. */
export function toGlob(pattern: string): string {
  const { anywhere, name, folder } = partsOf(pattern);
  return `${anywhere ? '**/' : ''}${escapeGlob(name)}${folder ? '/**' : ''}`;
}

/** Git allows some characters in names that a glob takes for its own. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]{}]/g, '\\$&');
}

function partsOf(pattern: string): { readonly anywhere: boolean; readonly name: string; readonly folder: boolean } {
  const [, start, name, end] = /^(\*\*\/)?(.*?)(\/(?:\*\*)?)?$/s.exec(pattern)!;
  return { anywhere: start !== undefined, name, folder: end !== undefined };
}
