import * as fs from 'node:fs';
import * as path from 'node:path';
import { nearest } from '../../options/engine/nearest';
import { showValue, type OptionProblem } from '../../options/engine/option-error';
import { PROBLEM_TYPES } from '../../options/knowledge/frameworks';
import { packagePath } from '../package-files';
import type { SageMakerCicdProjectOptions } from '../project-options';

/**
 * One request to ask a deployed endpoint whether it answers: the first row of the data without the column to predict.
 *
 * Undefined when the data is not in the repository, has no column to predict, or no whole first row.
 */
export function sampleRequest(options: SageMakerCicdProjectOptions): string | undefined {
  const file = dataFile(options);
  const [header, first] = file ? firstLines(file).map(cells) : [];
  const target = header?.map(name).indexOf(options.training?.targetColumn ?? 'target') ?? -1;
  return target < 0 ? undefined : first?.filter((_, i) => i !== target).join(',');
}

/** What is wrong with data of the user's own that gives no sample request. */
export function sampleRequestProblem(options: SageMakerCicdProjectOptions): OptionProblem {
  const url = options.training?.inputDataUrl ?? 'the sample data';
  const target = options.training?.targetColumn ?? 'target';
  const file = dataFile(options);
  if (!file && !url.startsWith('s3://') && !fs.existsSync(localPath(options, url))) {
    return {
      path: 'training.inputDataUrl',
      value: showValue(url),
      allowed: 'a file or directory of this repository, or an s3:// URL',
      fix: 'There is no such file: put the data there, or correct the path.',
    };
  }
  const [header, first] = file ? firstLines(file).map(cells) : [];
  if (header && first && !header.map(name).includes(target)) {
    const near = nearest(target, header.map(name));
    return {
      path: 'training.targetColumn',
      value: showValue(target),
      allowed: `a column of ${url}: ${header.map(name).slice(0, 20).join(', ')}${header.length > 20 ? ', ...' : ''}`,
      fix: near ? `Did you mean "${near}"?` : 'Choose the column to predict.',
    };
  }
  return {
    path: 'endpoint.smokeTest',
    value: 'nothing',
    allowed: 'an object with a body, which is one CSV row of features',
    fix: `No sample request can be taken from ${url}; add endpoint: { smokeTest: { body: "1.5,2,0" } } with a real `
      + 'row.',
  };
}

/** The cells of a line as they are written, quotes included; undefined when a quoted cell goes on in the next line. */
function cells(line: string): string[] | undefined {
  if (line === '' || (line.split('"').length - 1) % 2 === 1) { return undefined; }
  return line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
}

/** A column's name without the quotes that it may be written in. */
function name(cell: string): string {
  return cell.trimStart().replace(/^"(.*)"$/, '$1').replaceAll('""', '"');
}

function localPath(options: SageMakerCicdProjectOptions, url: string): string {
  return path.join(options.outdir ?? '.', url);
}

function dataFile(options: SageMakerCicdProjectOptions): string | undefined {
  const sample = PROBLEM_TYPES[options.problemType ?? 'binary']?.sample;
  const url = options.training?.inputDataUrl;
  if (url === undefined || url === `data/sample/${sample}`) {
    return sample ? packagePath('templates', 'data', sample) : undefined;
  }
  const file = localPath(options, url);
  // existsSync first: statSync throws for a path that leads through a file.
  return !url.startsWith('s3://') && fs.existsSync(file) && fs.statSync(file).isFile() ? file : undefined;
}

/** The first two lines; reads no more than it needs, because the data may be large. */
function firstLines(file: string): string[] {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(256 * 1024);
    const text = buffer.toString('utf8', 0, fs.readSync(descriptor, buffer)).replace(/^\uFEFF/, '');
    const lines = text.split(/\r?\n/);
    // The last piece may be cut in the middle.
    return lines.slice(0, -1).slice(0, 2);
  } finally {
    fs.closeSync(descriptor);
  }
}
