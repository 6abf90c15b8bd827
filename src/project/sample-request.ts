import * as fs from 'node:fs';
import * as path from 'node:path';
import { packagePath } from './package-files';
import type { SageMakerCicdProjectOptions } from './project-options';
import { PROBLEM_TYPES } from '../options/frameworks';

/**
 * One request to ask a deployed endpoint whether it answers: the first row of the data without the column to predict.
 *
 * Undefined when the data is not in the repository, or its first row is not plain comma-separated values.
 */
export function sampleRequest(options: SageMakerCicdProjectOptions): string | undefined {
  const file = dataFile(options);
  if (!file) { return undefined; }
  const [header, first] = firstLines(file);
  if (!header || !first || header.includes('"') || first.includes('"')) { return undefined; }
  const target = header.split(',').indexOf(options.training?.targetColumn ?? 'target');
  return first.split(',').filter((_, i) => i !== target).join(',');
}

function dataFile(options: SageMakerCicdProjectOptions): string | undefined {
  const sample = PROBLEM_TYPES[options.problemType ?? 'binary']?.sample;
  const url = options.training?.inputDataUrl;
  if (url === undefined || url === `data/sample/${sample}`) { return sample ? packagePath('templates', 'data', sample) : undefined; }
  const file = path.join(options.outdir ?? '.', url);
  return !url.startsWith('s3://') && fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/** Reads no more than it needs: the data may be large. */
function firstLines(file: string): string[] {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(256 * 1024);
    const text = buffer.toString('utf8', 0, fs.readSync(descriptor, buffer)).replace(/^\uFEFF/, '');
    const lines = text.split(/\r?\n/);
    // The last piece may be cut in the middle.
    return lines.slice(0, -1);
  } finally {
    fs.closeSync(descriptor);
  }
}
