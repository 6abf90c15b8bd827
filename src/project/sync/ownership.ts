import * as fs from 'node:fs';
import * as path from 'node:path';
import picomatch from 'picomatch';
import type { Project } from 'projen';

const OWNED = new WeakMap<Project, (file: string) => boolean>();
const GLOBS = new WeakMap<Project, readonly string[]>();

/**
 * Which files some globs name as the user's; a glob with `!` in front takes files out again, the last one that matches
 * decides.
 */
export function ownedBy(globs: readonly string[]): (file: string) => boolean {
  const rules = globs.map(glob => ({
    owned: !glob.startsWith('!'), matches: picomatch(glob.replace(/^!/, '').replace(/\/$/, '/**'), { dot: true }),
  }));
  return file => rules.reduce((owned, rule) => (rule.matches(file) ? rule.owned : owned), false);
}

/** Declares files as entirely the user's. */
export function declareUserOwned(project: Project, globs: readonly string[]): void {
  OWNED.set(project, ownedBy(globs));
  GLOBS.set(project, globs);
}

/** Whether a file is entirely the user's. */
export function isUserOwned(project: Project, file: string): boolean {
  return OWNED.get(project)?.(file) ?? false;
}

/** Globs that name none of the files that a project writes, nor anything that is there: mistyped ones, it seems. */
export function unmatchedGlobs(project: Project, files: readonly string[]): string[] {
  return (GLOBS.get(project) ?? []).filter(glob => !glob.startsWith('!') && !files.some(ownedBy([glob]))
    && !fs.existsSync(path.join(project.outdir, glob.replace(/\/?\*.*$/, ''))));
}
