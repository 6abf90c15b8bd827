import * as fs from 'node:fs';
import * as path from 'node:path';
import type { SageMakerCicdProjectOptions } from './project-options';
import { type OptionProblem, showValue } from '../options/option-error';

/**
 * Problems of options that would make another kind of repository out of an existing one: the language of its options, its framework, its
 * problem type. Code that people have edited since cannot be rewritten for them.
 */
export function switchProblems(options: SageMakerCicdProjectOptions): OptionProblem[] {
  const directory = path.resolve(options.outdir ?? '.');
  const model = existingModel(path.join(directory, 'config', 'parameters.json'));
  if (!model) { return []; }
  const problems: OptionProblem[] = [];
  for (const [name, fallback] of [['framework', 'xgboost'], ['problemType', 'binary']] as const) {
    const wanted = options[name] ?? fallback;
    const present = model[name];
    if (typeof present === 'string' && present !== wanted) {
      problems.push({
        path: name,
        value: showValue(wanted),
        allowed: `${showValue(present)}, which this repository was made for`,
        fix: 'Nothing was changed. Make a new repository with the other value in an empty directory and move your data and code over.',
      });
    }
  }
  const isPython = fs.existsSync(path.join(directory, 'infra', 'app.py')) && !fs.existsSync(path.join(directory, 'infra', 'app.ts'));
  const isTypeScript = fs.existsSync(path.join(directory, 'infra', 'app.ts')) && !fs.existsSync(path.join(directory, 'infra', 'app.py'));
  if ((isPython && !options.projenrcPython) || (isTypeScript && options.projenrcPython)) {
    problems.push({
      path: 'projenrcPython',
      value: showValue(options.projenrcPython ?? false),
      allowed: `${isPython}, as this repository was made`,
      fix: 'Nothing was changed. Make a new repository in the other language in an empty directory, with the same options, and move model/, pipelines/ and data/ over.',
    });
  }
  return problems;
}

function existingModel(file: string): { readonly [name: string]: unknown } | undefined {
  if (!fs.existsSync(file)) { return undefined; }
  try {
    return (JSON.parse(fs.readFileSync(file, 'utf8')) as { model?: { [name: string]: unknown } } | null)?.model;
  } catch {
    // A broken file is reported where it is merged.
    return undefined;
  }
}
