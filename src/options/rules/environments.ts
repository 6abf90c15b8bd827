import { entryPaths } from '../engine/option-path';

/** The path of every environment, build environments first in each group. */
export function environments(options: unknown): string[] {
  return entryPaths(options, 'deploymentGroups').flatMap(group =>
    [`${group}.buildEnvironment`, ...entryPaths(options, `${group}.deployEnvironments`)]);
}

/** Where models are built or served: the paths that say so, the nearest first; the first one that is given counts. */
export interface PlacePaths {
  /** Path of the environment. */
  readonly path: string;
  /** Paths of structs with an account and a region. */
  readonly places: readonly string[];
}

/** Every build environment. */
export function buildPlaces(options: unknown): PlacePaths[] {
  const groups = entryPaths(options, 'deploymentGroups').map(group => `${group}.buildEnvironment`);
  return groups.length > 0 ? groups.map(path => ({ path, places: [path, 'tooling'] })) : [{
    path: 'tooling', places: ['tooling'],
  }];
}

/** Every environment that is deployed to: a group without any deploys to its build environment. */
export function deployPlaces(options: unknown): PlacePaths[] {
  const groups = entryPaths(options, 'deploymentGroups');
  if (groups.length === 0) { return [{ path: 'tooling', places: ['tooling'] }]; }
  return groups.flatMap(group => {
    const build = `${group}.buildEnvironment`;
    const deploys = entryPaths(options, `${group}.deployEnvironments`);
    return (deploys.length > 0 ? deploys : [build]).map(path => ({
      path, places: [...new Set([path, build, 'tooling'])],
    }));
  });
}
