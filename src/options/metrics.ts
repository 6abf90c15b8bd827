import type { CustomMetricOptions } from './custom-metric';
import { type Metric, PROBLEM_TYPES } from './knowledge/frameworks';

type Metrics = { readonly [name: string]: Metric };

/** The user's own metrics by name. */
export function customMetrics(declared: readonly CustomMetricOptions[]): Metrics {
  return Object.fromEntries(declared.map(({ name, better, minimum, maximum }) => [name, {
    better: better as Metric['better'],
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  }]));
}

/** Every metric that the gate can use: those of the problem type and the user's own. */
export function metricsOf(problemType: string, declared: readonly CustomMetricOptions[]): Metrics {
  return { ...PROBLEM_TYPES[problemType].metrics, ...customMetrics(declared) };
}
