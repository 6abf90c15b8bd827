import type { CustomMetricOptions } from './custom-metric';
import { PROBLEM_TYPES } from './knowledge/frameworks';
import { metricsOf } from './metrics';
import type { QualityGateOptions } from './quality-gate';

/** A gate with its defaults: metric and comparison always, a threshold where there is one. */
export interface Gate {
  readonly metric: string;
  readonly comparison: string;
  readonly threshold?: number;
}

/**
 * Fills in what the options leave out.
 *
 * Only the sample has a threshold by itself: one for other data would be a guess. Without one the model must be
 * better than what the evaluation compares it with, as a model that is as good brings nothing.
 */
export function withDefaults(
  given: QualityGateOptions, problemType: string, ownData: boolean, own: readonly CustomMetricOptions[] = [],
): Gate {
  const problem = PROBLEM_TYPES[problemType];
  const metric = given.metric ?? (ownData ? problem.metric : problem.sampleGate.metric);
  const isSampleMetric = !ownData && metric === problem.sampleGate.metric;
  const threshold = given.threshold ?? (isSampleMetric ? problem.sampleGate.threshold : undefined);
  const better = metricsOf(problemType, own)[metric]?.better === 'higher' ? '>' : '<';
  return {
    metric,
    comparison: given.comparison ?? (threshold === undefined ? better : `${better}=`),
    ...(threshold === undefined ? {} : { threshold }),
  };
}
