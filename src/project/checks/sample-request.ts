import * as fs from 'node:fs';
import * as path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { nearest } from '../../options/engine/nearest';
import { showValue, type OptionProblem } from '../../options/engine/option-error';
import { PROBLEM_TYPES } from '../../options/knowledge/frameworks';
import { COLUMN_ROLES } from '../../options/rules/data-rules';
import { packagePath } from '../package-files';
import type { SageMakerCicdProjectOptions } from '../project-options';

/**
 * One request to ask a deployed endpoint whether it answers: the first row of the data without the column to predict
 * and the one of weights, separated by commas as all requests are.
 *
 * Undefined when the data is no CSV file in the repository, has no column to predict, or no whole first row.
 */
export function sampleRequest(options: SageMakerCicdProjectOptions): string | undefined {
  const [header, first] = firstRows(options);
  const { targetColumn = 'target', sampleWeightColumn } = options.training ?? {};
  const names = header?.map(name) ?? [];
  return names.includes(targetColumn)
    ? first?.filter((_, i) => ![targetColumn, sampleWeightColumn].includes(names[i])).map(requestCell).join(',')
    : undefined;
}

/** Columns that are named by the options and not there. */
export function columnProblems(options: SageMakerCicdProjectOptions): OptionProblem[] {
  const names = firstRows(options)[0]?.map(name);
  if (names === undefined) { return []; }
  const training: { readonly [name: string]: unknown } = { ...options.training };
  return COLUMN_ROLES.flatMap(role => [training[role] ?? []].flat().filter(column => !names.includes(String(column)))
    .map(column => absent(`training.${role}`, String(column), names, options)));
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
  const [header, first] = firstRows(options);
  if (header && first && !header.map(name).includes(target)) {
    return otherSeparator(options, header) ?? absent('training.targetColumn', target, header.map(name), options);
  }
  return {
    path: 'endpoint.smokeTest',
    value: 'nothing',
    allowed: 'an object with a body, which is one CSV row of features',
    fix: `No sample request can be taken from ${url}; add endpoint: { smokeTest: { body: "1.5,2,0" } } with a real `
      + 'row.',
  };
}

function absent(
  option: string, column: string, names: readonly string[], options: SageMakerCicdProjectOptions,
): OptionProblem {
  const near = nearest(column, names);
  return {
    path: option,
    value: showValue(column),
    allowed: `a column of ${options.training?.inputDataUrl ?? 'the sample data'}: `
      + `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', ...' : ''}`,
    fix: near ? `Did you mean "${near}"?` : 'Name a column that is there.',
  };
}

/** What is wrong when the whole header is one cell that another separator would take apart. */
function otherSeparator(options: SageMakerCicdProjectOptions, header: readonly string[]): OptionProblem | undefined {
  const separator = [';', '\t', '|', ','].find(other => header[0].includes(other));
  return header.length > 1 || separator === undefined ? undefined : {
    path: 'training.separator',
    value: showValue(options.training?.separator ?? ','),
    allowed: 'the character between the columns of the data',
    fix: `The first line is one column, ${showValue(header[0])}: set separator: ${JSON.stringify(separator)}.`,
  };
}

/** The cells of a line as they are written, quotes included; undefined when a quoted cell goes on in the next line. */
function cells(line: string, separator: string): string[] | undefined {
  if (line === '' || (line.split('"').length - 1) % 2 === 1) { return undefined; }
  const found = [''];
  let quoted = false;
  for (const character of line) {
    quoted = quoted !== (character === '"');
    if (character === separator && !quoted) { found.push(''); } else { found[found.length - 1] += character; }
  }
  return found;
}

/** A cell as a request has it: one with a comma is quoted there, whatever the data's separator is. */
function requestCell(cell: string): string {
  return cell.includes(',') && !cell.trimStart().startsWith('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
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

/** Header and first row of a CSV file; nothing for other data. */
function firstRows(options: SageMakerCicdProjectOptions): Array<string[] | undefined> {
  const file = dataFile(options);
  if (file === undefined || /\.(parquet|jsonl)(\.gz)?$/i.test(file)) { return []; }
  const { separator = ',', encoding = 'utf-8' } = options.training ?? {};
  return firstLines(file, encoding).map(line => cells(line, separator));
}

/** The first two lines; reads no more than it needs, because the data may be large. */
function firstLines(file: string, encoding: string): string[] {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(256 * 1024);
    const read = buffer.subarray(0, fs.readSync(descriptor, buffer));
    // What was read may end anywhere: so may what is decompressed, and the last line.
    const content = file.toLowerCase().endsWith('.gz')
      ? gunzipSync(read, { finishFlush: constants.Z_SYNC_FLUSH })
      : read;
    return decode(content, encoding).split(/\r?\n/).slice(0, -1).slice(0, 2);
  } catch {
    return [];
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Characters 0x80 to 0x9F of cp1252; some versions of Node.js decode it as latin-1 (nodejs/node, issue 56542). */
const CP1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Text in one of Python's encodings that the options take, without its byte order mark. */
function decode(content: Buffer, encoding: string): string {
  const bigEndian = content[0] === 0xfe && content[1] === 0xff;
  switch (encoding) {
    case 'latin-1': return content.toString('latin1');
    case 'cp1252': return content.toString('latin1').replace(/[\x80-\x9f]/g, c => CP1252[c.charCodeAt(0) - 0x80]);
    case 'utf-16': return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le').decode(content);
    default: return new TextDecoder('utf-8').decode(content);
  }
}
