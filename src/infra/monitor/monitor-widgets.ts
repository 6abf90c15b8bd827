import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { metricNamespace } from '../../plan/endpoint/shift';
import { DRIFT_METRIC, MONITOR_DIMENSION, MONITOR_METRICS } from '../../plan/monitor/metrics';

const HOUR = Duration.hours(1);

/** What the runs of monitors counted: violations and rows of each, and how far each feature is from its baseline. */
export function monitorWidgets(monitors: readonly string[], endpointName: string): cloudwatch.IWidget[] {
  const namespace = metricNamespace(endpointName);
  const each = (metricName: string) => monitors.map(monitor => new cloudwatch.Metric({
    namespace, metricName, dimensionsMap: { [MONITOR_DIMENSION]: monitor }, statistic: 'Maximum', label: monitor,
    period: HOUR,
  }));
  return [
    graph('Monitors: violations of a run', each(MONITOR_METRICS.violations)),
    graph('Monitors: rows of a run', each(MONITOR_METRICS.rows)),
    // Nobody knows the features before a model is there.
    graph('Monitors: distance from the training rows', [new cloudwatch.MathExpression({
      expression: `SEARCH('{"${namespace}",${MONITOR_DIMENSION}} ${DRIFT_METRIC}', 'Maximum', 3600)`,
      label: '', period: HOUR, usingMetrics: {},
    })]),
  ];
}

function graph(title: string, left: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, leftYAxis: { min: 0 }, width: 8, height: 6 });
}
