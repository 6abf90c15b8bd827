import * as fs from 'node:fs';
import { dataFile, firstRows, localPath } from './data-file';
import { requestLine, syntheticCell } from './synthetic-row';
import { nearest } from '../../options/engine/nearest';
import { showValue, type OptionProblem } from '../../options/engine/option-error';
import { COLUMN_ROLES } from '../../options/rules/data-rules';
import type { FilledProject } from '../filled-project';

/** What was made of a table, by what the options say about it. */
const made = new WeakMap<object, Map<string, string | undefined>>();

/**
 * One request to ask a deployed endpoint whether it answers: a made-up row like those of the data, without the column
 * to predict and the one of weights, separated by commas as all requests are. The data is a customer's, so no row of it
 * gets into the configuration.
 *
 * Undefined when the data is no CSV file in the repository, has no column to predict, or no whole first row.
 */
export function sampleRequest(options: FilledProject): string | undefined {
  const table = firstRows(options);
  const known = made.get(table) ?? new Map<string, string | undefined>();
  made.set(table, known);
  const key = JSON.stringify(options.training);
  if (!known.has(key)) { known.set(key, requestFor(table, options)); }
  return known.get(key);
}

function requestFor([header, ...all]: string[][], options: FilledProject): string | undefined {
  const { targetColumn, sampleWeightColumn, ...words } = options.training;
  const rows = all.filter(row => row.length === header.length);
  if (rows.length === 0 || !header.includes(targetColumn)) { return undefined; }
  const features = header.flatMap((name, at) => ([targetColumn, sampleWeightColumn].includes(name) ? [] : [
    syntheticCell(name, rows.map(row => row[at]), words),
  ]));
  return features.length === 0 ? '' : requestLine(features);
}

/** Columns that are named by the options and not there. */
export function columnProblems(options: FilledProject): OptionProblem[] {
  const names = firstRows(options)[0];
  if (names === undefined) { return []; }
  const training: { readonly [name: string]: unknown } = { ...options.training };
  return COLUMN_ROLES.flatMap(role => [training[role] ?? []].flat().filter(column => !names.includes(String(column)))
    .map(column => absent(`training.${role}`, String(column), names, options)));
}

/** What is wrong with data of the user's own that gives no sample request. */
export function sampleRequestProblem(options: FilledProject): OptionProblem {
  const url = options.training.inputDataUrl ?? 'the sample data';
  const target = options.training.targetColumn;
  const file = dataFile(options);
  if (!file && !url.startsWith('s3://') && !fs.existsSync(localPath(options, url))) {
    return {
      path: 'training.inputDataUrl',
      value: showValue(url),
      allowed: 'a file or directory of this repository, or an s3:// URL',
      fix: 'The file does not exist. Put the data there, or correct the path.',
    };
  }
  const [header, first] = firstRows(options);
  if (header && first && !header.includes(target)) {
    return otherSeparator(options, header) ?? absent('training.targetColumn', target, header, options);
  }
  return {
    path: 'endpoint.smokeTest',
    value: showValue(undefined),
    allowed: 'an object with a body, which is one CSV row of features',
    fix: `${url} cannot be read here, so the request cannot be generated. Add endpoint: { smokeTest: { body: `
      + '"1.5,2,0" } } with a made-up row in the format of the data.',
  };
}

function absent(
  option: string, column: string, names: readonly string[], options: FilledProject,
): OptionProblem {
  const near = nearest(column, names);
  return {
    path: option,
    value: showValue(column),
    allowed: `a column of ${options.training.inputDataUrl ?? 'the sample data'}: `
      + `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', ...' : ''}`,
    fix: near ? `Did you mean "${near}"?` : 'Name a column of the data.',
  };
}

/** What is wrong when the whole header is one cell that another separator would take apart. */
function otherSeparator(options: FilledProject, header: readonly string[]): OptionProblem | undefined {
  const separator = [';', '\t', '|', ','].find(other => header[0].includes(other));
  return header.length > 1 || separator === undefined ? undefined : {
    path: 'training.separator',
    value: showValue(options.training.separator),
    allowed: 'the character between the columns of the data',
    fix: `The header is one column, ${showValue(header[0])}: set separator: ${JSON.stringify(separator)}.`,
  };
}
