import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { API_ALARMS } from '../../plan/api/model';
import { acceptQuietAlarm } from '../shared/suppress';

/** A version of a handler, and how it is counted. */
export interface WatchedVersion {
  /** What the alarms' names begin with. */
  readonly prefix: string;
  /** Namespace of the handler's metrics. */
  readonly namespace: string;
  readonly functionName: string;
  /** The alias that is called. */
  readonly alias: string;
  /** Number of the version. */
  readonly version: string;
  readonly serverErrorPercent: number;
  readonly p99LatencyMilliseconds: number;
}

/**
 * The alarms of one version of a handler, which count nothing but what this version answers, minute by minute. Their
 * names hold its number, so each version has alarms of its own and none starts in the state that another one left.
 *
 * A version that ends without an answer (it cannot start, has no memory or no time left) counts nothing itself: for
 * those calls Lambda's own count is added, which it keeps for each version behind an alias (dimensions `Resource` and
 * `ExecutedVersion`: Lambda developer guide, "View metrics for Lambda functions").
 */
export function versionAlarms(scope: Construct, watched: WatchedVersion): CfnAlarm[] {
  const { prefix, namespace, functionName, alias, version, serverErrorPercent, p99LatencyMilliseconds } = watched;
  const own = [{ name: 'FunctionVersion', value: version }];
  const sum = (id: string, metric: CfnAlarm.MetricProperty) => ({
    id, metricStat: { metric, period: 60, stat: 'Sum' }, returnData: false,
  });
  const counted = (id: string, metricName: string) => sum(id, { namespace, metricName, dimensions: own });
  const shared = { comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'notBreaching' };
  const alarms = [
    new CfnAlarm(scope, 'ServerErrors', {
      ...shared,
      alarmName: `${prefix}/${API_ALARMS}server-errors/${version}`,
      alarmDescription: `The version fails more than ${serverErrorPercent} % of the requests: the API returns to `
        + 'the one before',
      metrics: [
        counted('requests', 'Requests'),
        counted('failed', 'ServerErrors'),
        sum('ended', {
          namespace: 'AWS/Lambda', metricName: 'Errors', dimensions: [
            { name: 'ExecutedVersion', value: version }, { name: 'FunctionName', value: functionName },
            { name: 'Resource', value: `${functionName}:${alias}` },
          ],
        }),
        {
          id: 'share',
          expression: '100 * (FILL(failed, 0) + FILL(ended, 0)) / (FILL(requests, 0) + FILL(ended, 0))',
          label: 'Failed requests, percent',
        },
      ],
      threshold: serverErrorPercent, evaluationPeriods: 1, datapointsToAlarm: 1,
    }),
    new CfnAlarm(scope, 'Latency', {
      ...shared,
      alarmName: `${prefix}/${API_ALARMS}latency/${version}`,
      alarmDescription: `The version takes longer than ${p99LatencyMilliseconds} ms for one of 100 requests: the API `
        + 'returns to the one before',
      namespace, metricName: 'Latency', dimensions: own, extendedStatistic: 'p99', period: 60,
      // A minute of cold starts says nothing about the version.
      threshold: p99LatencyMilliseconds, evaluationPeriods: 3, datapointsToAlarm: 2,
    }),
  ];
  alarms.forEach(alarm => acceptQuietAlarm(
    alarm, 'CodeDeploy looks at it while requests move, and the deploy pipeline after that; both move them back.',
  ));
  return alarms;
}
