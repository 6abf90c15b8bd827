import { forEachParameter } from './parameter-rules';
import { misspelt } from '../engine/nearest';
import { showValue } from '../engine/option-error';
import { fieldPath, namesAt } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { FRAMEWORKS } from '../knowledge/frameworks';
import { HYPERPARAMETERS, PIPELINE_PARAMETERS } from '../schemas/pipeline-parameters';

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
        'training.maxWaitSeconds', wait, 'nothing without useSpotInstances',
        'It is the wait for spot instances: remove it, or add useSpotInstances: true.',
      )];
    }
    // "It must be equal to or greater than MaxRuntimeInSeconds" (API reference, StoppingCondition).
    return wait >= run ? [] : [problem(
      'training.maxWaitSeconds', wait, `at least maxRunSeconds, which is ${run}`,
      'The wait includes the run itself; make it longer.',
    )];
  }),
];

const SKLEARN_FIX = 'Choose a larger instance type, or the framework xgboost, which trains on several.';

/** scikit-learn trains on one host; its script ends with an error on several (`model/sklearn_model.py`). */
export const instanceCountRules: RuleFamily = options => [
  rule<[string, number]>(['framework', 'training.instanceCount'], (framework, count) => (framework !== 'sklearn'
    || count === 1 ? [] : [
      problem('training.instanceCount', count, '1, because scikit-learn trains on one instance', SKLEARN_FIX),
    ])),
  ...forEachParameter(options, (path, name) => rule<[string, unknown?]>(['framework', path], (framework, count) => (
    name !== 'TrainingInstanceCount' || framework !== 'sklearn' || count === undefined || Number(count) === 1 ? [] : [
      problem(path, count, '1, because scikit-learn trains on one instance', SKLEARN_FIX),
    ]))),
];

/** Hyperparameters become arguments of the training script and parameters of the pipeline. */
export const hyperparameterRules: RuleFamily = options => namesAt(options, 'training.hyperparameters').map(name => {
  const path = fieldPath('training.hyperparameters', name);
  return rule<[string, unknown?]>(['framework', path], (framework, value) => {
    if (value === undefined) { return []; }
    if (own(PIPELINE_PARAMETERS, name)) {
      return [problem(
        path, value, 'a name that is no parameter of the pipeline',
        `The pipeline itself has a parameter ${name}; rename the hyperparameter.`,
      )];
    }
    const meant = misspelt(name, HYPERPARAMETERS[framework]);
    return meant === undefined ? [] : [problem(
      path, value, `a hyperparameter that model/train.py takes: ${HYPERPARAMETERS[framework].join(', ')}`,
      `Did you mean ${showValue(meant)}?`,
    )];
  });
});

/** Hyperparameters among the parameters of a group. */
export const groupHyperparameterRules: RuleFamily = options => forEachParameter(options, (path, name) =>
  rule<[string, string, Hyperparameters | undefined, unknown?]>(['framework', 'problemType', 'training.hyperparameters', path], (
    framework, problemType, given, value,
  ) => {
    if (value === undefined || own(PIPELINE_PARAMETERS, name)) { return []; }
    const defaults = { ...FRAMEWORKS[framework].hyperparameters[problemType], ...given };
    // What is no parameter yet but a hyperparameter has to be among the options first: the compiled pipeline has only
    // those.
    if (HYPERPARAMETERS[framework].includes(name) && !own(defaults, name)) {
      return [problem(
        path, value, `a parameter of the pipeline; of the hyperparameters: ${Object.keys(defaults).join(', ')}`,
        `Add ${name} to training.hyperparameters with its usual value, then a group can have another.`,
      )];
    }
    const meant = misspelt(name, Object.keys(defaults));
    if (meant !== undefined) {
      return [problem(path, value, 'a parameter of the pipeline', `Did you mean ${showValue(meant)}?`)];
    }
    const isNumber = typeof value !== 'boolean' && String(value).trim() !== '' && Number.isFinite(Number(value));
    if (!own(defaults, name) || typeof defaults[name] !== 'number' || isNumber) { return []; }
    return [problem(path, value, `a number, as the default ${defaults[name]}`, 'Correct the value.')];
  }));

/** Whether an object itself has a field; the names are the user's and may be those of a prototype. */
function own(object: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}
