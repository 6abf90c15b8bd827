import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { DashboardApi } from './dashboard-api';
import { STAGE } from './rest-front';
import { ApiType } from '../../options/api';
import { metricNamespace } from '../../plan/endpoint/shift';

const MINUTE = Duration.minutes(1);

/**
 * Requests, errors and time of an API (API Gateway developer guide, "Amazon API Gateway dimensions and metrics",
 * "Monitor HTTP APIs with CloudWatch metrics"), and of each version of its handler.
 */
export function apiWidgets(api: DashboardApi, endpointName: string): cloudwatch.IWidget[][] {
  const isRest = api.type === ApiType.REST;
  const dimensionsMap: { [name: string]: string } = isRest
    ? { ApiName: api.apiName, Stage: STAGE } : { ApiId: api.apiId };
  const metric = (metricName: string, statistic: string, label: string) => new cloudwatch.Metric({
    namespace: 'AWS/ApiGateway', metricName, dimensionsMap, statistic, label, period: MINUTE,
  });
  const versions = (metricName: string, statistic: string) => searched(
    `{"${metricNamespace(endpointName)}",FunctionVersion} MetricName="${metricName}"`, statistic, 'version',
  );
  return [
    [
      graph('API: requests per minute', [metric('Count', 'Sum', 'requests')]),
      graph('API: failed requests per minute', [
        metric(isRest ? '5XXError' : '5xx', 'Sum', 'status 500 and above'),
        metric(isRest ? '4XXError' : '4xx', 'Sum', 'status 400 to 499'),
      ]),
      graph('API: latency in milliseconds', [
        metric('Latency', 'p50', 'half of the requests'),
        metric('Latency', 'p99', '99 of 100'),
        metric('IntegrationLatency', 'p99', 'handler and model, 99 of 100'),
      ]),
    ],
    [
      graph('Versions: requests per minute', [versions('Requests', 'Sum')]),
      graph('Versions: failed requests per minute', [versions('ServerErrors', 'Sum')]),
      graph('Versions: latency in milliseconds, 99 of 100', [versions('Latency', 'p99')]),
    ],
  ];
}

/** Metrics that are found when the dashboard is looked at: nobody knows versions and releases before. */
export function searched(schema: string, statistic: string, label: string): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: `SEARCH('${schema}', '${statistic}', 60)`, label, period: MINUTE, usingMetrics: {},
  });
}

function graph(title: string, left: cloudwatch.IMetric[]): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, left, leftYAxis: { min: 0 }, width: 8, height: 6 });
}
