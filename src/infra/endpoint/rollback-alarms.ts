import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { EndpointKind } from '../../options/endpoint';
import type { RollbackAlarms, TrafficShift } from '../../options/knowledge/traffic-shift';
import { PROBE_METRIC, metricNamespace } from '../../plan/endpoint/shift';
import { acceptQuietAlarm } from '../shared/suppress';

/** Which instances are watched: those of one configuration. */
export interface WatchedFleet {
  readonly endpointName: string;
  readonly variantName: string;
  readonly endpointConfigName: string;
  readonly kind: EndpointKind;
}

/** What the alarms look at; without a limit for the slowest requests these are not looked at. */
type Limits = Omit<RollbackAlarms, 'p99LatencyMilliseconds'>
  & Partial<Pick<RollbackAlarms, 'p99LatencyMilliseconds'>> & Pick<TrafficShift, 'isProbed'>;

/** One minute is enough, or two of the last three have to be. */
const AT_ONCE = { evaluationPeriods: 1, datapointsToAlarm: 1 };
const TWO_OF_THREE = { evaluationPeriods: 3, datapointsToAlarm: 2 };

/**
 * The alarms of one deployment. They count nothing but what the new configuration's instances answer (dimension
 * `EndpointConfigName`, published as soon as these take requests: SageMaker developer guide, "Auto-Rollback
 * Configuration and Monitoring"): with the other two dimensions alone the old instances could end the deployment of
 * what mends them.
 *
 * The configuration is a part of their names, so each deployment has alarms of its own: one that is only changed keeps
 * the state that an earlier deployment left (CloudFormation reference, AWS::CloudWatch::Alarm).
 */
export function rollbackAlarms(scope: Construct, fleet: WatchedFleet, limits: Limits): CfnAlarm[] {
  const dimensions = [
    { name: 'EndpointName', value: fleet.endpointName }, { name: 'VariantName', value: fleet.variantName },
    { name: 'EndpointConfigName', value: fleet.endpointConfigName },
  ];
  const metric = (metricName: string) => ({ namespace: 'AWS/SageMaker', metricName, dimensions });
  const alarm = (
    id: string, name: string, words: string, threshold: number,
    props: Partial<CfnAlarmProps> & Pick<CfnAlarmProps, 'evaluationPeriods'>,
  ) => {
    const made = new CfnAlarm(scope, id, {
      alarmName: `${fleet.endpointName}/${name}/${fleet.endpointConfigName}`,
      alarmDescription: `${words}: the endpoint is rolled back to its previous model`,
      threshold, comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'notBreaching',
      ...('metrics' in props ? {} : { dimensions, period: 60 }),
      ...props,
    });
    acceptQuietAlarm(made, 'SageMaker looks at it during an update and rolls back; the rollback is told.');
    return made;
  };
  // The average of an error metric is the share of failed requests: each request sends 1 or 0 (SageMaker developer
  // guide, "Amazon SageMaker AI metrics in Amazon CloudWatch").
  const share = (metricName: string) => ({ ...metric(metricName), statistic: 'Average' });
  const latency = (percentile: 'p50' | 'p99', milliseconds: number) => alarm(
    `Latency${percentile.toUpperCase()}`, `latency-${percentile}`,
    `The new model takes longer than ${milliseconds} ms (${percentile})`,
    // Microseconds (the same page).
    milliseconds * 1000, { ...metric('ModelLatency'), extendedStatistic: percentile, ...TWO_OF_THREE },
  );
  const { serverErrorPercent, clientErrorPercent, p50LatencyMilliseconds: p50, p99LatencyMilliseconds: p99 } = limits;
  const query = (id: string, metricName: string) => ({
    id, metricStat: { metric: metric(metricName), period: 60, stat: 'Average' }, returnData: false,
  });
  return [
    alarm('ServerErrors', 'server-errors', `The new model fails more than ${serverErrorPercent} % of the requests`,
      serverErrorPercent / 100, { ...share('Invocation5XXErrors'), ...AT_ONCE }),
    // An asynchronous endpoint publishes no InvocationModelErrors (SageMaker developer guide, "Monitor asynchronous
    // endpoint", which calls its list exhaustive).
    ...(fleet.kind === EndpointKind.ASYNCHRONOUS ? [] : [
      // Every answer but one of 2xx counts there, also a refusal; what is left are failures, broken answers, timeouts.
      alarm('ModelErrors', 'model-errors', `More than ${serverErrorPercent} % of the requests get no valid answer`,
        serverErrorPercent / 100, {
          metrics: [
            query('model', 'InvocationModelErrors'), query('client', 'Invocation4XXErrors'),
            { id: 'failed', expression: 'model - FILL(client, 0)', label: 'Requests without a valid answer' },
          ],
          ...AT_ONCE,
        }),
    ]),
    ...(clientErrorPercent < 100 ? [
      alarm('ClientErrors', 'client-errors', `The new model rejects more than ${clientErrorPercent} % of the requests`,
        clientErrorPercent / 100, { ...share('Invocation4XXErrors'), ...TWO_OF_THREE }),
    ] : []),
    ...(p50 === undefined ? [] : [latency('p50', p50)]),
    ...(p99 === undefined ? [] : [latency('p99', p99)]),
    ...(limits.isProbed ? [
      // Sent by `tools/deploy/probe.py`, for the configuration that the endpoint changes to.
      alarm('GoldenAnswers', 'golden-answers', 'An answer to golden rows is neither measured nor the old model\'s', 0, {
        namespace: metricNamespace(fleet.endpointName), metricName: PROBE_METRIC, statistic: 'Sum',
        dimensions: dimensions.filter(({ name }) => name !== 'VariantName'), ...AT_ONCE,
      }),
    ] : []),
  ];
}
