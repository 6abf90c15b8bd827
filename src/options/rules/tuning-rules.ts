import { notTaken, own, valueProblems } from './model-rules';
import { misspelt, nearest } from '../engine/nearest';
import { type OptionProblem, showValue } from '../engine/option-error';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { FRAMEWORKS, type Hyperparameter, hyperparametersOf } from '../knowledge/frameworks';
import type { HyperparameterRange } from '../tuning';

type Ranges = readonly HyperparameterRange[] | undefined;

/** SageMaker guide, "Resource Limits for Automatic Model Tuning"; only random search can be raised above it. */
const MOST_TRIALS = 750;

/** What the pipeline passes to the container itself. */
const RESERVED = /^(framework$|sagemaker_)/;

/** What `training.tuning` searches. */
export const tuningRangeRules: RuleFamily = options => entryPaths(options, 'training.tuning.ranges').map((path, i) =>
  rule<[string, string, string, Ranges, HyperparameterRange]>([
    'framework', 'problemType', 'training.tuning.strategy', 'training.tuning.ranges', path,
  ], (framework, problemType, strategy, ranges, range) => {
    const { taken, refused } = hyperparametersOf(framework, problemType);
    const wrong = nameProblems(path, range.name, taken, refused);
    if (wrong.length > 0) { return wrong; }
    if (ranges?.slice(0, i).some(({ name }) => name === range.name)) {
      return [problem(
        `${path}.name`, range.name, 'a hyperparameter that has no other range', 'Remove one of the ranges.',
      )];
    }
    const declared = own(taken, range.name) ? taken[range.name] : undefined;
    return range.values === undefined
      ? boundProblems(path, range, declared, framework, strategy)
      : listProblems(path, range, declared, framework);
  }));

type Declared = { readonly [name: string]: Hyperparameter };

function nameProblems(
  path: string, name: string, taken: Declared, refused: { readonly [name: string]: string },
): readonly OptionProblem[] {
  const at = `${path}.name`;
  if (RESERVED.test(name)) {
    return [problem(at, name, 'a hyperparameter of the training script', 'The pipeline sets this one. Rename yours.')];
  }
  if (own(refused, name)) { return [notTaken(at, name, name, refused[name])]; }
  const known = Object.keys(taken);
  const meant = misspelt(name, known);
  return meant === undefined ? [] : [problem(
    at, name, `a hyperparameter that model/train.py accepts: ${known.join(', ')}`, `Did you mean ${showValue(meant)}?`,
  )];
}

function listProblems(
  path: string, range: HyperparameterRange, declared: Hyperparameter | undefined, framework: string,
): readonly OptionProblem[] {
  const { values = [], ...rest } = range;
  const both = (['minimum', 'maximum', 'scale', 'integer'] as const).filter(key => rest[key] !== undefined);
  if (both.length > 0) {
    return [problem(`${path}.${both[0]}`, rest[both[0]], 'no value beside values', 'Remove it, or remove values.')];
  }
  // The training script gets texts: 1 and "1" are the same trial.
  const again = values.findIndex((value, i) => values.slice(0, i).some(other => String(other) === String(value)));
  return again >= 0
    ? [problem(`${path}.values[${again}]`, values[again], 'a value that is not in the list yet', 'Remove it.')]
    : values.flatMap((value, i) => valueProblems(`${path}.values[${i}]`, value, declared, framework));
}

function boundProblems(
  path: string, range: HyperparameterRange, declared: Hyperparameter | undefined, framework: string, strategy: string,
): readonly OptionProblem[] {
  const { name, minimum, maximum, integer, scale } = range;
  if (strategy === 'Grid') {
    return [problem(
      `${path}.values`, range.values, 'a list of values, because Grid tries combinations of values only',
      'Give values instead of minimum and maximum, or use another strategy.',
    )];
  }
  const kinds = declared && new Set((declared.anyOf ?? [declared]).map(({ type }) => type));
  const isWhole = kinds?.size === 1 && kinds.has('integer');
  if (kinds && !kinds.has('integer') && !kinds.has('number')) {
    return [problem(`${path}.values`, range.values, `a list of values, because ${name} is no number`, 'Give values.')];
  }
  if (minimum === undefined || maximum === undefined) {
    const lacking = minimum === undefined ? 'minimum' : 'maximum';
    return [problem(`${path}.${lacking}`, undefined, 'a number', 'Give minimum and maximum, or values.')];
  }
  if (isWhole && integer === false) {
    return [problem(
      `${path}.integer`, integer, `true, because ${name} is a whole number in ${FRAMEWORKS[framework].title}`,
      'Remove it.',
    )];
  }
  const whole = isWhole
    || (integer ?? (declared === undefined && [minimum, maximum].every(Number.isInteger)));
  const bounds = (['minimum', 'maximum'] as const).flatMap(bound => [
    ...valueProblems(`${path}.${bound}`, range[bound], declared, framework),
    ...(whole && !isWhole && !Number.isInteger(range[bound])
      ? [problem(`${path}.${bound}`, range[bound], 'a whole number, because integer is true', 'Correct one of them.')]
      : []),
  ]);
  if (bounds.length > 0) { return bounds; }
  if (minimum >= maximum) {
    return [problem(
      `${path}.maximum`, maximum, `above minimum, which is ${minimum}`,
      'Correct the range; a fixed value belongs into training.hyperparameters.',
    )];
  }
  return scaleProblems(path, scale, minimum, maximum, whole);
}

/** SageMaker API reference, ContinuousParameterRange and IntegerParameterRange: `ScalingType`. */
function scaleProblems(
  path: string, scale: string | undefined, minimum: number, maximum: number, whole: boolean,
): readonly OptionProblem[] {
  if (scale === 'Logarithmic' && minimum <= 0) {
    return [problem(
      `${path}.scale`, scale, `Auto or Linear, because minimum is ${minimum}`,
      'A logarithmic scale needs values above 0: raise minimum or use another scale.',
    )];
  }
  if (scale === 'ReverseLogarithmic' && (whole || minimum < 0 || maximum >= 1)) {
    return [problem(
      `${path}.scale`, scale, 'Auto, Linear or Logarithmic, except for a continuous range from at least 0 to below 1',
      'Correct the range or use another scale.',
    )];
  }
  return [];
}

type Numbers = [string, Ranges, number?, number?];

/** How much `training.tuning` tries, for what and how. */
export const tuningRules: RuleFamily = () => [
  rule<[string, string, string?]>(['framework', 'problemType', 'training.tuning.objective'], (
    framework, problemType, objective,
  ) => {
    if (objective === undefined) { return []; }
    const { title, trainingMetrics } = FRAMEWORKS[framework];
    const metrics = trainingMetrics[problemType].map(metric => `validation:${metric}`);
    if (metrics.includes(objective)) { return []; }
    const near = nearest(objective, metrics);
    return [problem(
      'training.tuning.objective', objective, `with ${title} and ${problemType}: ${metrics.join(', ')}`,
      near ? `Did you mean ${near}?` : 'Choose a metric that model/train.py logs for the validation set.',
    )];
  }),
  rule<Numbers>([
    'training.tuning.strategy', 'training.tuning.ranges', 'training.tuning.maxTrials',
    'training.tuning.maxParallelTrials',
  ], (strategy, ranges, trials, parallel) => [
    ...trialProblems(strategy, ranges, trials),
    ...(trials !== undefined && parallel !== undefined && parallel > trials ? [problem(
      'training.tuning.maxParallelTrials', parallel, `at most maxTrials, which is ${trials}`, 'Lower it.',
    )] : []),
  ]),
  rule<[string, Ranges, string, string]>([
    'framework', 'training.tuning.ranges', 'training.tuning.strategy', 'training.tuning.earlyStopping',
  ], (framework, ranges, strategy, earlyStopping) => {
    if (ranges === undefined) { return []; }
    const { title, logsWhileTraining } = FRAMEWORKS[framework];
    if (!logsWhileTraining && strategy === 'Hyperband') {
      return [problem(
        'training.tuning.strategy', strategy, 'Bayesian, Random or Grid',
        `${title} logs its metrics at the end, so no trial can be stopped early.`,
      )];
    }
    if (earlyStopping === 'Off' || (logsWhileTraining && strategy !== 'Hyperband')) { return []; }
    return [problem('training.tuning.earlyStopping', earlyStopping, 'Off', logsWhileTraining
      ? 'Hyperband stops trials itself: remove it.'
      : `${title} logs its metrics at the end, so no trial can be stopped early: remove it.`)];
  }),
  rule<[Ranges, string, number?, number?]>([
    'training.tuning.ranges', 'training.tuning.strategy', 'training.tuning.minResource',
    'training.tuning.maxResource',
  ], (ranges, strategy, least, most) => (ranges === undefined ? [] : resourceProblems(strategy, least, most))),
];

function trialProblems(strategy: string, ranges: Ranges, trials: number | undefined): readonly OptionProblem[] {
  if (strategy !== 'Grid') {
    return trials === undefined || trials <= MOST_TRIALS || strategy === 'Random' ? [] : [problem(
      'training.tuning.maxTrials', trials, `at most ${MOST_TRIALS} with the strategy ${strategy}`,
      'Only Random takes more.',
    )];
  }
  const combinations = combinationsOf(ranges);
  if (combinations > MOST_TRIALS) {
    return [problem(
      'training.tuning.ranges', `${combinations} combinations`, `at most ${MOST_TRIALS} combinations of values`,
      'Give fewer values, or use another strategy.',
    )];
  }
  return trials === undefined || trials === combinations ? [] : [problem(
    'training.tuning.maxTrials', trials, `${combinations}, the number of combinations, because Grid tries all`,
    'Remove it.',
  )];
}

function resourceProblems(strategy: string, least?: number, most?: number): readonly OptionProblem[] {
  if (strategy !== 'Hyperband') {
    return ([['minResource', least], ['maxResource', most]] as const).flatMap(([name, value]) => (
      value === undefined ? [] : [problem(
        `training.tuning.${name}`, value, 'no value without the strategy Hyperband', 'Remove it.',
      )]));
  }
  if (most === undefined) {
    return [problem(
      'training.tuning.maxResource', most, 'a whole number, because Hyperband must know how long a whole training is',
      'Give the number of times that it logs the objective: a tenth of num_round.',
    )];
  }
  return least === undefined || least < most ? [] : [problem(
    'training.tuning.minResource', least, `below maxResource, which is ${most}`, 'Lower it.',
  )];
}

/** How many combinations of values there are. */
export function combinationsOf(ranges: Ranges): number {
  return (ranges ?? []).reduce((product, { values }) => product * (values?.length ?? 1), 1);
}
