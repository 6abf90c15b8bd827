import { forEachParameter } from './parameter-rules';
import { type Gate, withDefaults } from '../default-gate';
import { nearest } from '../engine/nearest';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { PROBLEM_TYPES } from '../knowledge/frameworks';
import { hasOwnData } from '../own-data';

const GATE = ['problemType', 'qualityGate.metric', 'qualityGate.comparison', 'qualityGate.threshold'];
type GateValues = [string, string?, string?, number?];

/** The quality gate. */
export const gateRules: RuleFamily = options => [
  rule<[string, string?]>(['problemType', 'qualityGate.metric'], (problemType, metric) => {
    const metrics = Object.keys(PROBLEM_TYPES[problemType].metrics);
    if (metric === undefined || metrics.includes(metric)) { return []; }
    const meant = nearest(metric, metrics);
    return [problem('qualityGate.metric', metric, `for the problem type ${problemType}: ${metrics.join(', ')}`, meant
      ? `Did you mean ${meant}?`
      : 'Choose one of them or another problemType.')];
  }),
  rule<GateValues>(GATE, (problemType, ...given) => {
    const gate = gateOf(options, problemType, given);
    if (gate === undefined) { return []; }
    return gate.threshold === undefined
      ? directionProblems(problemType, gate)
      : thresholdProblems('qualityGate.threshold', problemType, gate, gate.threshold);
  }),
];

/** The threshold of a group's own gate. */
export const groupThresholdRules: RuleFamily = options => forEachParameter(options, (path, name) =>
  rule<[...GateValues, unknown?]>([...GATE, path], (problemType, metric, comparison, threshold, value) => {
    const gate = name === 'QualityThreshold' && value !== undefined
      ? gateOf(options, problemType, [metric, comparison, threshold])
      : undefined;
    if (gate === undefined) { return []; }
    if (gate.threshold === undefined) {
      return [problem(
        path, value, 'no value while qualityGate has no threshold',
        'The pipeline has this parameter only with a threshold: set the usual value in qualityGate.threshold, then '
          + 'override it per group.',
      )];
    }
    return Number.isFinite(Number(value)) ? thresholdProblems(path, problemType, gate, Number(value)) : [];
  }));

/** The gate with its defaults; undefined when there is no such metric, which is a problem of its own. */
function gateOf(
  options: unknown, problemType: string, [metric, comparison, threshold]: readonly [string?, string?, number?],
): Gate | undefined {
  const gate = withDefaults({ metric, comparison, threshold }, problemType, hasOwnData(options));
  return Object.keys(PROBLEM_TYPES[problemType].metrics).includes(gate.metric) ? gate : undefined;
}

/** A comparison that a model passes by being worse than what it is compared with. */
function directionProblems(problemType: string, { metric, comparison }: Gate) {
  const better = PROBLEM_TYPES[problemType].metrics[metric].better === 'higher' ? '>' : '<';
  return comparison.startsWith(better) ? [] : [problem(
    'qualityGate.comparison', comparison, `${better} or ${better}= with ${metric} and no threshold`,
    `A better model has a ${better === '>' ? 'higher' : 'lower'} ${metric}; correct the comparison or add a threshold.`,
  )];
}

/** A threshold that no model can reach, or that every model does: it is one of another metric, or a percentage. */
function thresholdProblems(path: string, problemType: string, { metric, comparison }: Gate, threshold: number) {
  const { minimum: least = -Infinity, maximum: most = Infinity } = PROBLEM_TYPES[problemType].metrics[metric];
  const words = [least > -Infinity
    ? `at least ${least}`
    : '', most < Infinity ? `at most ${most}` : ''].filter(Boolean).join(' and ');
  if (threshold < least || threshold > most) {
    return [problem(path, threshold, `a possible value of ${metric}: ${words}`, threshold > 1 && threshold <= 100
      && most === 1
      ? `Write it as a fraction, not a percentage: ${threshold / 100}.`
      : 'Correct the threshold or the metric.')];
  }
  const impossible = (comparison === '>' && threshold === most) || (comparison === '<' && threshold === least);
  return impossible ? [problem(
    path, threshold, `a number for which some model has ${metric} ${comparison} it`,
    `${metric} is ${words}, so no model can pass; correct the threshold or the comparison.`,
  )] : [];
}
