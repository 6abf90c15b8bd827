import picomatch from 'picomatch';
import type { Project } from 'projen';

const OWNED = new WeakMap<Project, (file: string) => boolean>();

/** Declares files as entirely the user's; a glob with `!` in front takes files out again, the last one that matches decides. */
export function declareUserOwned(project: Project, globs: readonly string[]): void {
  const rules = globs.map(glob => ({ owned: !glob.startsWith('!'), matches: picomatch(glob.replace(/^!/, '').replace(/\/$/, '/**'), { dot: true }) }));
  OWNED.set(project, file => rules.reduce((owned, rule) => (rule.matches(file) ? rule.owned : owned), false));
}

/** Whether a file is entirely the user's. */
export function isUserOwned(project: Project, file: string): boolean {
  return OWNED.get(project)?.(file) ?? false;
}
