/**
 * The names that git takes for a branch (git-check-ref-format(1), with `--branch`), in at most 255 characters: no
 * control characters, blanks or ~^:?*[\; no "..", "//" or "@{"; no part that starts with "." or ends with ".lock"; no
 * "-" or "/" at the start, no "/" or "." at the end; neither "@" nor "HEAD".
 */
export const BRANCH_PATTERN =
  '^(?![-/])(?!(@|HEAD)$)(?!.*(\\.\\.|//|@\\{))(?!(.*/)?\\.)(?!.*\\.lock(/|$))(?!.*[/.]$)[^\\s\\p{Cc}~^:?*\\[\\\\]{1,255}$';

/** Whether git takes it as the name of a branch. */
export function isBranch(name: string): boolean {
  return new RegExp(BRANCH_PATTERN, 'u').test(name);
}
