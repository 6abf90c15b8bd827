import * as path from 'node:path';
import { directoryProblems, flagProblems } from './creation-check';
import type { SageMakerCicdProjectOptions } from './project-options';
import { checkAgainst, unknownName } from '../options/check';
import { wordSchemas } from '../options/model-schema';
import { checkModelOptions } from '../options/model-settings';
import { OptionError, type OptionProblem } from '../options/option-error';

/** Options that projen itself takes for every project. */
const PROJEN_OPTIONS = [
  'name', 'parent', 'outdir', 'logging', 'projenrcJson', 'projenrcJsonOptions', 'projenCommand', 'renovatebot', 'renovatebotOptions',
  'commitGenerated', 'gitOptions', 'gitIgnoreOptions', 'projectTree', 'lfsPatterns', 'endOfLine',
];

/** This package's own options. */
const OWN_OPTIONS = ['modelName', 'framework', 'problemType', 'projenrcPython', 'training', 'qualityGate', 'devDeps'];

/** What `projen new` hides in the options of a project that it creates. */
const CREATION_KEY = '__new__';

/**
 * Checks the options of a project, and for a new one its directory and command line.
 *
 * @throws OptionError with every problem that was found
 */
export function checkProjectOptions(options: SageMakerCicdProjectOptions, argv: readonly string[] = process.argv): void {
  const known = [...OWN_OPTIONS, ...PROJEN_OPTIONS];
  const given = options as unknown as { readonly [name: string]: unknown };
  const problems: OptionProblem[] = Object.keys(given)
    .filter(name => given[name] !== undefined && !known.includes(name) && name !== CREATION_KEY)
    .map(name => unknownName(name, name, given[name], known));
  for (const word of ['projenrcPython', 'devDeps']) {
    if (given[word] !== undefined) { problems.push(...checkAgainst(wordSchemas[word], given[word], word)); }
  }
  problems.push(...checkModelOptions(options));
  if (given[CREATION_KEY] !== undefined) {
    problems.push(...flagProblems(argv, known), ...directoryProblems(path.resolve(options.outdir ?? '.')));
  }
  if (problems.length > 0) { throw new OptionError(problems); }
}
