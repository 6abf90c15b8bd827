import { entryPaths, valueAt } from './engine/option-path';

/**
 * Whether a pipeline is run on other data than the sample: data that `training` names, or that a group does for its
 * runs.
 */
export function hasOwnData(options: unknown): boolean {
  const groups = entryPaths(options, 'deploymentGroups').map(group => `${group}.parameters.InputDataUrl`);
  return ['training.inputDataUrl', ...groups].some(path => valueAt(options, path) !== undefined);
}
