/**
 * Most patterns of a trigger's filter, and the longest of them (CodePipeline API reference, GitFilePathFilterCriteria).
 */
export const TRIGGER_PATTERNS = { count: 8, length: 255 };

/**
 * The patterns of the paths whose change is one of the infrastructure, from the option `infrastructure.files`: a folder
 * stands for everything below it.
 *
 * They are written as triggers of CodePipeline and the commit gate read them; `**` crosses folders.
 */
export function infrastructurePaths(files: readonly string[]): string[] {
  const patterns = files.map(file =>
    file.replace(/^(\.\/)+/, '')).map(file => (file.endsWith('/') ? `${file}**` : file));
  return [...new Set(patterns)];
}

/**
 * Paths as the filter of a trigger, which takes at most 8 patterns. If there are more, files are put together as
 * `{a,b}`, and folders too if that is not enough (CodePipeline user guide, "Working with glob patterns in syntax": a
 * group matches if any of its subpatterns does). A comma separates subpatterns, so a path with one stays outside.
 *
 * A very long list may still need more than 8; the check of the options refuses it.
 */
export function triggerPatterns(files: readonly string[]): string[] {
  const all = infrastructurePaths(files);
  const grouped = (joined: (pattern: string) => boolean): string[] => [
    ...all.filter(pattern => !joined(pattern)), ...together(all.filter(joined)),
  ];
  const canJoin = (pattern: string): boolean => !pattern.includes(',');
  const lists = [all, grouped(pattern => canJoin(pattern) && !pattern.includes('*')), grouped(canJoin)];
  return lists.find(list => list.length <= TRIGGER_PATTERNS.count) ?? lists[lists.length - 1];
}

/** Patterns in as few groups as fit their order. */
function together(patterns: readonly string[]): string[] {
  const groups: string[][] = [];
  for (const pattern of patterns) {
    const last = groups[groups.length - 1];
    if (last && written([...last, pattern]).length <= TRIGGER_PATTERNS.length) {
      last.push(pattern);
    } else {
      groups.push([pattern]);
    }
  }
  return groups.map(written);
}

function written(group: readonly string[]): string {
  return group.length === 1 ? group[0] : `{${group.join(',')}}`;
}
