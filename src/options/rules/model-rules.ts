import { forEachParameter } from './parameter-rules';
import { checkAgainst, describe } from '../engine/check';
import type { JsonSchema } from '../engine/json-schema';
import { misspelt } from '../engine/nearest';
import { type OptionProblem, showValue } from '../engine/option-error';
import { fieldPath, namesAt } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { FRAMEWORKS, hyperparametersOf } from '../knowledge/frameworks';
import { PIPELINE_PARAMETERS } from '../schemas/pipeline-parameters';
import type { HyperparameterRange } from '../tuning';

type Hyperparameters = { readonly [name: string]: string | number };

/** Spot training. */
export const spotRules: RuleFamily = () => [
  rule<[boolean, number | undefined, number]>([
    'training.useSpotInstances', 'training.maxWaitSeconds', 'training.maxRunSeconds',
  ], (spot, wait, run) => {
    if (wait === undefined) { return []; }
    // SageMaker refuses MaxWaitTimeInSeconds without managed spot training (API reference, StoppingCondition).
    if (!spot) {
      return [problem(
        'training.maxWaitSeconds', wait, 'no value without useSpotInstances',
        'It limits the wait for spot instances: remove it, or set useSpotInstances: true.',
      )];
    }
    // "It must be equal to or greater than MaxRuntimeInSeconds" (API reference, StoppingCondition).
    return wait >= run ? [] : [problem(
      'training.maxWaitSeconds', wait, `at least maxRunSeconds, which is ${run}`,
      'The wait includes the run itself. Increase it.',
    )];
  }),
];

/** What is wrong with a number of training instances; a framework's script ends with an error where it takes one. */
function instanceProblems(path: string, count: unknown, framework: string): readonly OptionProblem[] {
  const { title, severalInstances } = FRAMEWORKS[framework];
  if (severalInstances || count === undefined || Number(count) === 1) { return []; }
  const others = Object.keys(FRAMEWORKS).filter(name => FRAMEWORKS[name].severalInstances);
  return [problem(
    path, count, `1, because ${title} trains on one instance`,
    `Choose a larger instance type, or the framework ${others.join(' or ')}, which trains on several.`,
  )];
}

export const instanceCountRules: RuleFamily = options => [
  rule<[string, number]>(['framework', 'training.instanceCount'], (framework, count) =>
    instanceProblems('training.instanceCount', count, framework)),
  ...forEachParameter(options, (path, name) => rule<[string, unknown?]>(['framework', path], (framework, count) => (
    name === 'TrainingInstanceCount' ? instanceProblems(path, count, framework) : []))),
];

/**
 * What is wrong with the value of a hyperparameter, which a text may say; nothing is known of those that are the user's
 * own, for which no rule is given.
 */
export function valueProblems(
  path: string, value: unknown, accepted: JsonSchema | undefined, framework: string,
): readonly OptionProblem[] {
  if (accepted === undefined) { return []; }
  const wanted = { ...accepted, 'x-fix': `Give a value that ${FRAMEWORKS[framework].title} accepts.` };
  const attempts = (accepted.anyOf ?? [accepted]).map(({ type }) => checkAgainst(wanted, meant(value, type), path));
  return (attempts.find(found => found.length === 0) ?? attempts[0])
    .map(wrong => ({ ...wrong, path, allowed: describe(wanted), value: showValue(value) }));
}

/** What a text says as a value of a type; other values, and texts that do not say one, stay what they are. */
function meant(value: unknown, type: JsonSchema['type']): unknown {
  if (typeof value !== 'string' || type === 'string') { return value; }
  if (type === 'object' || type === 'array') {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  const form = type === 'integer' ? /^[-+]?\d+$/ : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
  return form.test(value.trim()) ? Number(value) : value;
}

/** Hyperparameters become arguments of the training script and parameters of the pipeline. */
export const hyperparameterRules: RuleFamily = options => namesAt(options, 'training.hyperparameters').map(name => {
  const path = fieldPath('training.hyperparameters', name);
  return rule<[string, string, unknown?]>(['framework', 'problemType', path], (framework, problemType, value) => {
    if (value === undefined) { return []; }
    if (own(PIPELINE_PARAMETERS, name)) {
      return [problem(
        path, value, 'a name that is not a pipeline parameter',
        `${name} is a pipeline parameter. Rename the hyperparameter.`,
      )];
    }
    const { taken, refused } = hyperparametersOf(framework, problemType);
    if (own(taken, name)) { return valueProblems(path, value, taken[name], framework); }
    if (own(refused, name)) { return [notTaken(path, value, name, refused[name])]; }
    const known = Object.keys(taken);
    const near = misspelt(name, known);
    return near === undefined ? [] : [problem(
      path, value, `a hyperparameter that model/train.py accepts: ${known.join(', ')}`,
      `Did you mean ${showValue(near)}?`,
    )];
  });
});

/** The problem of a name that the framework has and its script does not take. */
export function notTaken(path: string, value: unknown, name: string, reason: string): OptionProblem {
  return problem(path, value, 'a hyperparameter that model/train.py accepts', `Remove ${name}: ${reason}.`);
}

/** Hyperparameters among the parameters of a group. */
export const groupHyperparameterRules: RuleFamily = options => forEachParameter(options, (path, name) =>
  rule<[string, string, Hyperparameters | undefined, readonly HyperparameterRange[] | undefined, unknown?]>([
    'framework', 'problemType', 'training.hyperparameters', 'training.tuning.ranges', path,
  ], (
    framework, problemType, given, tuned, value,
  ) => {
    if (value === undefined || own(PIPELINE_PARAMETERS, name)) { return []; }
    if (tuned?.some(range => range.name === name)) {
      return [problem(
        path, value, 'a parameter that is not tuned', `training.tuning has a range for ${name}. Remove one of them.`,
      )];
    }
    const defaults = { ...FRAMEWORKS[framework].defaults[problemType], ...given };
    const { taken, refused } = hyperparametersOf(framework, problemType);
    // One that is no parameter yet becomes one in the pipeline of the group, whose build compiles it.
    if (own(taken, name)) { return valueProblems(path, value, taken[name], framework); }
    if (own(refused, name) && !own(defaults, name)) { return [notTaken(path, value, name, refused[name])]; }
    const near = misspelt(name, Object.keys({ ...taken, ...defaults }));
    if (near !== undefined) {
      return [problem(path, value, 'a pipeline parameter', `Did you mean ${showValue(near)}?`)];
    }
    const isNumber = typeof value !== 'boolean' && String(value).trim() !== '' && Number.isFinite(Number(value));
    if (!own(defaults, name) || typeof defaults[name] !== 'number' || isNumber) { return []; }
    return [problem(path, value, `a number, like the default ${defaults[name]}`, 'Correct the value.')];
  }));

/** Whether an object itself has a field; the names are the user's and may be those of a prototype. */
export function own(object: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}
