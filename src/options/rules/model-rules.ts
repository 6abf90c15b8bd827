import { forEachParameter } from './parameter-rules';
import { checkAgainst } from '../engine/check';
import { misspelt } from '../engine/nearest';
import { type OptionProblem, showValue } from '../engine/option-error';
import { fieldPath, namesAt } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { FRAMEWORKS } from '../knowledge/frameworks';
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

/** What is wrong with a value of a hyperparameter; nothing is known of those that are the user's own. */
export function declaredProblems(path: string, value: unknown, name: string, framework: string): readonly OptionProblem[] {
  return own(FRAMEWORKS[framework].hyperparameters, name) ? valueProblems(path, value, name, framework) : [];
}

/** What is wrong with the value of a hyperparameter that the framework's script knows; a text may say the number. */
function valueProblems(path: string, value: unknown, name: string, framework: string): readonly OptionProblem[] {
  const { hyperparameters: { [name]: wanted }, title } = FRAMEWORKS[framework];
  const form = wanted.type === 'integer' ? /^[-+]?\d+$/ : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
  const meant = typeof value === 'string' && form.test(value.trim()) ? Number(value) : value;
  return checkAgainst({ ...wanted, 'x-fix': `Give a value that ${title} accepts.` }, meant, path)
    .map(wrong => ({ ...wrong, value: showValue(value) }));
}

/** Hyperparameters become arguments of the training script and parameters of the pipeline. */
export const hyperparameterRules: RuleFamily = options => namesAt(options, 'training.hyperparameters').map(name => {
  const path = fieldPath('training.hyperparameters', name);
  return rule<[string, unknown?]>(['framework', path], (framework, value) => {
    if (value === undefined) { return []; }
    if (own(PIPELINE_PARAMETERS, name)) {
      return [problem(
        path, value, 'a name that is not a pipeline parameter',
        `${name} is a pipeline parameter. Rename the hyperparameter.`,
      )];
    }
    const { hyperparameters } = FRAMEWORKS[framework];
    if (own(hyperparameters, name)) { return valueProblems(path, value, name, framework); }
    const known = Object.keys(hyperparameters);
    const meant = misspelt(name, known);
    return meant === undefined ? [] : [problem(
      path, value, `a hyperparameter that model/train.py accepts: ${known.join(', ')}`,
      `Did you mean ${showValue(meant)}?`,
    )];
  });
});

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
    // What is no parameter yet but a hyperparameter must be among the options first: the compiled pipeline has only
    // those.
    if (own(FRAMEWORKS[framework].hyperparameters, name) && !own(defaults, name)) {
      return [problem(
        path, value, `a pipeline parameter, or one of the hyperparameters ${Object.keys(defaults).join(', ')}`,
        `Set the usual value of ${name} in training.hyperparameters, then override it per group.`,
      )];
    }
    if (own(FRAMEWORKS[framework].hyperparameters, name)) { return valueProblems(path, value, name, framework); }
    const meant = misspelt(name, Object.keys(defaults));
    if (meant !== undefined) {
      return [problem(path, value, 'a pipeline parameter', `Did you mean ${showValue(meant)}?`)];
    }
    const isNumber = typeof value !== 'boolean' && String(value).trim() !== '' && Number.isFinite(Number(value));
    if (!own(defaults, name) || typeof defaults[name] !== 'number' || isNumber) { return []; }
    return [problem(path, value, `a number, like the default ${defaults[name]}`, 'Correct the value.')];
  }));

/** Whether an object itself has a field; the names are the user's and may be those of a prototype. */
function own(object: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}
