import * as fs from 'node:fs';
import * as path from 'node:path';
import { readJson } from './delivery-file';
import type { JobDefaults } from '../../accounts/quotas';
import { UserError } from '../shared/command';

/** Where a repository says what its jobs run on. */
const PARAMETERS_FILE = path.join('config', 'parameters.json');

/** What every entry must be, as the compile of the pipeline wants it. */
const KINDS = {
  'training.instanceType': 'string', 'training.instanceCount': 'number', 'training.useSpotInstances': 'boolean',
  'processing.instanceType': 'string', 'processing.instanceCount': 'number', 'tuning.maxParallelTrials': 'number',
} as const;

/**
 * What the jobs of a repository run on; empty where there is no such file, as beside constructs that are used alone.
 *
 * @throws UserError when the file is wrong
 */
export function readJobDefaults(directory: string): JobDefaults {
  const full = path.join(directory, PARAMETERS_FILE);
  if (!fs.existsSync(full)) { return {}; }
  const content = readJson(full, PARAMETERS_FILE, 'restore it from git') as {
    readonly [section: string]: { readonly [name: string]: unknown } | undefined;
  } | null;
  const read = <T extends string | number | boolean>(entry: keyof typeof KINDS): T | undefined => {
    const [section, name] = entry.split('.');
    const value = content?.[section]?.[name];
    if (value !== undefined && typeof value !== KINDS[entry]) {
      throw new UserError(
        `${PARAMETERS_FILE}: ${entry} is ${JSON.stringify(value)} but must be a ${KINDS[entry]}. Fix it.`,
      );
    }
    return value as T | undefined;
  };
  return {
    trainingType: read('training.instanceType'),
    trainingCount: read('training.instanceCount'),
    spot: read('training.useSpotInstances'),
    parallelTrials: read('tuning.maxParallelTrials'),
    processingType: read('processing.instanceType'),
    processingCount: read('processing.instanceCount'),
  };
}
