import { forEachParameter } from './parameter-rules';
import type { CustomMetricOptions } from '../custom-metric';
import { type Gate, withDefaults } from '../default-gate';
import { nearest } from '../engine/nearest';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { metricsOf } from '../metrics';
import { hasOwnData } from '../own-data';

const GATE = ['problemType', 'customMetrics', 'qualityGate.metric', 'qualityGate.comparison', 'qualityGate.threshold'];
type Own = readonly CustomMetricOptions[];
type Metrics = ReturnType<typeof metricsOf>;
type GateValues = [string, Own, string?, string?, number?];

/** The quality gate. */
export const gateRules: RuleFamily = options => [
  rule<[string, Own, string?]>(['problemType', 'customMetrics', 'qualityGate.metric'], (problemType, own, metric) => {
    const metrics = Object.keys(metricsOf(problemType, own));
    if (metric === undefined || metrics.includes(metric)) { return []; }
    const meant = nearest(metric, metrics);
    return [problem('qualityGate.metric', metric, `for the problem type ${problemType}: ${metrics.join(', ')}`, meant
      ? `Did you mean ${meant}?`
      : 'Choose one of them or another problemType, or declare your own in customMetrics.')];
  }),
  rule<GateValues>(GATE, (problemType, own, ...given) => {
    const gate = gateOf(options, problemType, own, given);
    if (gate === undefined) { return []; }
    return gate.threshold === undefined
      ? directionProblems(metricsOf(problemType, own), gate)
      : thresholdProblems('qualityGate.threshold', metricsOf(problemType, own), gate, gate.threshold);
  }),
];

/** The threshold of a group's own gate. */
export const groupThresholdRules: RuleFamily = options => forEachParameter(options, (path, name) =>
  rule<[...GateValues, unknown?]>([...GATE, path], (problemType, own, metric, comparison, threshold, value) => {
    const gate = name === 'QualityThreshold' && value !== undefined
      ? gateOf(options, problemType, own, [metric, comparison, threshold])
      : undefined;
    if (gate === undefined) { return []; }
    if (gate.threshold === undefined) {
      return [problem(
        path, value, 'no value while qualityGate has no threshold',
        'The pipeline has this parameter only with a threshold: set the usual value in qualityGate.threshold, then '
          + 'override it per group.',
      )];
    }
    return Number.isFinite(Number(value))
      ? thresholdProblems(path, metricsOf(problemType, own), gate, Number(value))
      : [];
  }));

/** The gate with its defaults; undefined when there is no such metric, which is a problem of its own. */
function gateOf(
  options: unknown, problemType: string, own: Own,
  [metric, comparison, threshold]: readonly [string?, string?, number?],
): Gate | undefined {
  const gate = withDefaults({ metric, comparison, threshold }, problemType, hasOwnData(options), own);
  return Object.keys(metricsOf(problemType, own)).includes(gate.metric) ? gate : undefined;
}

/** A comparison that a model passes by being worse than what it is compared with. */
function directionProblems(metrics: Metrics, { metric, comparison }: Gate) {
  const better = metrics[metric].better === 'higher' ? '>' : '<';
  return comparison.startsWith(better) ? [] : [problem(
    'qualityGate.comparison', comparison, `${better} or ${better}= with ${metric} and no threshold`,
    `A better model has a ${better === '>' ? 'higher' : 'lower'} ${metric}; correct the comparison or add a threshold.`,
  )];
}

/** A threshold that no model can reach, or that every model does: it is one of another metric, or a percentage. */
function thresholdProblems(path: string, metrics: Metrics, { metric, comparison }: Gate, threshold: number) {
  const { minimum: least = -Infinity, maximum: most = Infinity } = metrics[metric];
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
