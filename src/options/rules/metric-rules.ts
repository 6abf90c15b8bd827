import type { CustomMetricOptions } from '../custom-metric';
import { type OptionProblem } from '../engine/option-error';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { PROBLEM_TYPES } from '../knowledge/frameworks';

/** What SageMaker's model-quality report has beside the metrics. */
export const REPORT_FIELDS = ['confusion_matrix', 'receiver_operating_characteristic_curve'];

/** Names that every evaluation has, of whatever problem type. */
const TAKEN = new Set([
  ...Object.values(PROBLEM_TYPES).flatMap(({ metrics }) => Object.keys(metrics)), ...REPORT_FIELDS,
]);

/** The words in lower case that no function of Python can have as its name. */
export const KEYWORDS = new Set([
  'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except',
  'finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass', 'raise',
  'return', 'try', 'while', 'with', 'yield',
]);

/** The user's own metrics. */
export const metricRules: RuleFamily = () => [
  rule<[readonly CustomMetricOptions[]]>(['customMetrics'], declared => declared.flatMap((metric, i) => [
    ...nameProblems(`customMetrics[${i}].name`, metric.name, declared.slice(0, i).map(({ name }) => name)),
    ...boundProblems(`customMetrics[${i}].maximum`, metric),
  ])),
];

function nameProblems(path: string, name: string, before: readonly string[]): readonly OptionProblem[] {
  if (TAKEN.has(name)) {
    return [problem(path, name, 'a name of your own', `Every evaluation has ${name}. Choose another name.`)];
  }
  if (KEYWORDS.has(name)) {
    return [problem(path, name, 'the name of a function', `${name} is a word of Python. Choose another name.`)];
  }
  return before.includes(name)
    ? [problem(path, name, 'each name once', 'Remove the entry or rename the metric.')]
    : [];
}

function boundProblems(path: string, { minimum, maximum }: CustomMetricOptions): readonly OptionProblem[] {
  return minimum === undefined || maximum === undefined || minimum < maximum ? [] : [
    problem(path, maximum, `above the minimum, which is ${minimum}`, 'Correct one of them.'),
  ];
}
