import { checkAgainst } from '../engine/check';
import { misspelt } from '../engine/nearest';
import { showValue } from '../engine/option-error';
import { entryPaths, fieldPath, namesAt } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';
import { PIPELINE_PARAMETERS } from '../schemas/pipeline-parameters';

/** A rule for each pipeline parameter of each group. */
export function forEachParameter(options: unknown, make: (path: string, name: string) => Rule): Rule[] {
  return entryPaths(options, 'deploymentGroups').map(group => `${group}.parameters`)
    .flatMap(map => namesAt(options, map).map(name => make(fieldPath(map, name), name)));
}

/** What a misspelt parameter or a wrong value would only show when the first build of the group fails. */
export const parameterRules: RuleFamily = options => forEachParameter(options, (path, name) => rule([path], value => {
  if (value === undefined) { return []; }
  const known = Object.keys(PIPELINE_PARAMETERS);
  if (known.includes(name)) { return checkAgainst(PIPELINE_PARAMETERS[name], value, path); }
  const meant = misspelt(name, known);
  return meant === undefined ? [] : [
    problem(path, value, 'a pipeline parameter', `Did you mean ${showValue(meant)}?`),
  ];
}));
