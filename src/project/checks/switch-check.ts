import * as fs from 'node:fs';
import * as path from 'node:path';
import { showValue } from '../../options/engine/option-error';
import { rule, type Rule, type RuleFamily } from '../../options/engine/rule';

/**
 * Options that would make another kind of repository out of an existing one: its framework, its problem type, the
 * language of its options. Code that people have edited since cannot be rewritten for them.
 *
 * It looks only at what is there: after deleting everything that shows its kind, a repository may become another one.
 */
export const switchRules: RuleFamily = () => [modelRule('framework'), modelRule('problemType'), flavourRule];

function modelRule(name: 'framework' | 'problemType'): Rule {
  return rule<[string, string]>([name, 'outdir'], (wanted, outdir) => {
    const present = existingModel(path.resolve(outdir, 'config', 'parameters.json'))?.[name];
    return typeof present !== 'string' || present === wanted ? [] : [{
      path: name,
      value: showValue(wanted),
      allowed: `${showValue(present)}, which this repository was created with`,
      fix: 'Nothing was changed. Create a new repository with the other value in an empty directory and move your '
        + 'data and code there.',
    }];
  });
}

const flavourRule = rule<[boolean, string]>(['projenrcPython', 'outdir'], (wanted, outdir) => {
  const isPython = isPythonRepository(path.resolve(outdir));
  return isPython === undefined || isPython === wanted ? [] : [{
    path: 'projenrcPython',
    value: showValue(wanted),
    allowed: `${isPython}, which this repository was created with`,
    fix: 'Nothing was changed. Create a new repository in the other language in an empty directory, with the same '
      + 'options, and move model/, pipelines/ and data/ there.',
  }];
});

/** Whether a repository that was generated is one of the Python flavour; undefined when nothing, or both, says so. */
function isPythonRepository(directory: string): boolean | undefined {
  const exists = (...names: string[]): boolean => fs.existsSync(path.join(directory, ...names));
  // A CDK app or an rc file alone may be of another project, which is about to be adopted.
  if (!exists('config', 'parameters.json') && !exists('config', 'delivery.schema.json')) { return undefined; }
  for (const [typescript, python] of [['.projenrc.ts', '.projenrc.py'], ['infra/app.ts', 'infra/app.py']]) {
    if (exists(typescript) !== exists(python)) { return exists(python); }
  }
  return undefined;
}

function existingModel(file: string): { readonly [name: string]: unknown } | undefined {
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) { return undefined; }
  try {
    return (JSON.parse(fs.readFileSync(file, 'utf8')) as { model?: { [name: string]: unknown } } | null)?.model
      ?? undefined;
  } catch {
    // A broken file is reported where it is merged.
    return undefined;
  }
}
