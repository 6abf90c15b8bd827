import { type Dimensions, metricMath, type Metrics } from './metrics';

/** An alarm as the template has it, with every reference filled in. */
export interface AlarmProperties {
  readonly AlarmName: string;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData?: string;
  readonly Period?: number;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Metrics?: readonly MetricQuery[];
}

interface Dimension { readonly Name: string; readonly Value: string }

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string; readonly Dimensions: readonly Dimension[] };
    readonly Period: number;
    readonly Stat: string;
  };
}

/** Metrics of a minute are there this many seconds after it; that they arrive late is known, how late is our guess. */
export const METRIC_DELAY = 60;

/** A metric by its name; one that is not SageMaker's has its namespace before it. */
export function metricOf(namespace: string, name: string): string {
  return namespace === 'AWS/SageMaker' ? name : `${namespace}:${name}`;
}

const dimensions = (list: readonly Dimension[] = []): Dimensions => (
  Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));

/** The value that an alarm looks at in a minute. */
function valueIn(alarm: AlarmProperties, metrics: Metrics, minute: number): number | undefined {
  if (alarm.Metrics === undefined) {
    return metrics.statistic(
      minute, metricOf(alarm.Namespace!, alarm.MetricName!), dimensions(alarm.Dimensions),
      (alarm.ExtendedStatistic ?? alarm.Statistic)!,
    );
  }
  const values = Object.fromEntries(alarm.Metrics.flatMap(({ Id, MetricStat: stat }) => (stat === undefined ? [] : [[
    Id, metrics.statistic(minute, stat.Metric.MetricName, dimensions(stat.Metric.Dimensions), stat.Stat),
  ]])));
  return metricMath(alarm.Metrics.find(({ Expression }) => Expression !== undefined)!.Expression!, values);
}

/** Whether an alarm fires at a moment: so many of its last periods are over the threshold. */
export function fires(alarm: AlarmProperties, metrics: Metrics, second: number): boolean {
  if (alarm.ComparisonOperator !== 'GreaterThanThreshold') {
    throw new Error(`The simulation does not know ${alarm.ComparisonOperator}.`);
  }
  const last = Math.floor((second - METRIC_DELAY) / 60) - 1;
  const minutes = Array.from({ length: alarm.EvaluationPeriods }, (_, i) => last - i).filter(minute => minute >= 0);
  const breaching = minutes.filter(minute => {
    const value = valueIn(alarm, metrics, minute);
    return value === undefined ? alarm.TreatMissingData === 'breaching' : value > alarm.Threshold;
  });
  return breaching.length >= (alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods);
}
