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
 * The same paths as the filter of a trigger, which takes at most 8 patterns: where there are more of them, files are
 * put together as `{a,b}`, and folders too when that does not suffice (CodePipeline user guide, "Working with glob
 * patterns in syntax": a group matches if any of its subpatterns does).
 *
 * There may still be more than 8 for a very long list; the check of the options refuses that.
 */
export function triggerPatterns(files: readonly string[]): string[] {
  const all = infrastructurePaths(files);
  const folders = all.filter(pattern => pattern.includes('*'));
  const lists = [all, [...folders, ...together(all.filter(pattern => !folders.includes(pattern)))], together(all)];
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
