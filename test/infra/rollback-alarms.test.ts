import { Template } from 'aws-cdk-lib/assertions';
import { App, CfnParameter, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import { DeploymentStrategy, type EndpointDeploymentOptions } from '../../src/options/deployment';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, stacksOf, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);
const { ALL_AT_ONCE, CANARY, LINEAR, ROLLING } = DeploymentStrategy;

const make = (props: Partial<infra.ModelEndpointProps>, stack = new Stack(new App(), 'Mine')): Template => {
  new infra.ModelEndpoint(stack, 'Endpoint', {
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
    executionRoleArn: 'arn:aws:iam::123456789012:role/mine', endpointName: 'mine', instanceType: 'ml.m5.large',
    instanceCount: 4, ...props,
    kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
  });
  return Template.fromStack(stack);
};
const configOf = (deployment: EndpointDeploymentOptions, instanceCount = 4): Json =>
  resources(make({ deployment, instanceCount }), 'AWS::SageMaker::Endpoint')[0].Properties.DeploymentConfig;
const alarmsOf = (template: Template): { [name: string]: Json } => Object.fromEntries(
  resources(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => [
    JSON.stringify(Properties.AlarmName).split('/')[1], Properties,
  ]));

describe('the update policy', () => {
  test('of a canary names its size, its wait, the bake and a time that holds all of it', () => {
    expect(configOf({ strategy: CANARY, stepInstances: 2, waitSeconds: 900, bakeSeconds: 1200 })).toMatchObject({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY', CanarySize: { Type: 'INSTANCE_COUNT', Value: 2 }, WaitIntervalInSeconds: 900,
        },
        TerminationWaitInSeconds: 1200, MaximumExecutionTimeoutInSeconds: 900 + 1200 + 3600,
      },
    });
  });
  test('of linear steps counts every wait', () => {
    expect(configOf({ strategy: LINEAR, stepPercent: 25 })).toMatchObject({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'LINEAR', LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 25 }, WaitIntervalInSeconds: 300,
        },
        TerminationWaitInSeconds: 600, MaximumExecutionTimeoutInSeconds: 4 * 300 + 600 + 3600,
      },
    });
  });
  test('of a rolling deployment is the other kind, and never both', () => {
    const config = configOf({ strategy: ROLLING });
    expect(Object.keys(config).sort()).toEqual(['AutoRollbackConfiguration', 'RollingUpdatePolicy']);
    expect(config.RollingUpdatePolicy).toEqual({
      MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 300,
      MaximumExecutionTimeoutInSeconds: 4 * 300 + 3600 + 3 * 900,
    });
  });
  test('without a word is a canary of one of two instances, and a bake with alarms where there is one', () => {
    expect(configOf({}, 2).BlueGreenUpdatePolicy).toMatchObject({
      TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 } },
    });
    const one = configOf({}, 1);
    expect(one.BlueGreenUpdatePolicy).toEqual({
      TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
      TerminationWaitInSeconds: 600, MaximumExecutionTimeoutInSeconds: 4200,
    });
    expect(one.AutoRollbackConfiguration.Alarms).toHaveLength(4);
  });
  test('is none, with no alarms, where everything moves at once and nobody looks', () => {
    const template = make({ deployment: { strategy: ALL_AT_ONCE, bakeSeconds: 0 } });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(resources(template, 'AWS::SageMaker::Endpoint')[0].Properties.DeploymentConfig).toBeUndefined();
  });
  test('cannot be made of a number of instances that is not known yet', () => {
    const stack = new Stack(new App(), 'Mine');
    const instanceCount = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    expect(() => make({ deployment: {}, instanceCount }, stack)).toThrow(/deployment[\s\S]*Give both as plain values/);
  });
});

describe('the alarms of a deployment', () => {
  const template = make({
    deployment: {
      alarms: { p50LatencyMilliseconds: 80, p99LatencyMilliseconds: 500, ownAlarmNames: ['orders-failed'] },
    },
  });
  const alarms = alarmsOf(template);
  const [config] = Object.keys(template.findResources('AWS::SageMaker::EndpointConfig'));
  const dimensions = [
    { Name: 'EndpointName', Value: 'mine' }, { Name: 'VariantName', Value: 'AllTraffic' },
    { Name: 'EndpointConfigName', Value: { 'Fn::GetAtt': [config, 'EndpointConfigName'] } },
  ];

  test('count the new configuration\'s instances alone, and take a minute without requests for a good one', () => {
    expect(Object.keys(alarms).sort()).toEqual([
      'client-errors', 'latency-p50', 'latency-p99', 'model-errors', 'server-errors',
    ]);
    for (const [name, alarm] of Object.entries(alarms)) {
      const counted = alarm.Metrics ? alarm.Metrics.flatMap((m: Json) => m.MetricStat?.Metric.Dimensions ?? [])
        : alarm.Dimensions;
      expect([name, counted]).toEqual([name, alarm.Metrics ? [...dimensions, ...dimensions] : dimensions]);
      expect(alarm).toMatchObject({ TreatMissingData: 'notBreaching', ComparisonOperator: 'GreaterThanThreshold' });
    }
  });
  test('are named after the configuration, so that none comes with the state of an earlier deployment', () => {
    for (const { AlarmName } of Object.values(alarms)) {
      expect(JSON.stringify(AlarmName)).toContain(JSON.stringify({ 'Fn::GetAtt': [config, 'EndpointConfigName'] }));
      expect(JSON.stringify(AlarmName)).toContain('mine/');
    }
  });
  test('take latency in microseconds and errors as a share', () => {
    expect(alarms['latency-p99']).toMatchObject({
      MetricName: 'ModelLatency', ExtendedStatistic: 'p99', Threshold: 500_000,
    });
    expect(alarms['latency-p50']).toMatchObject({ ExtendedStatistic: 'p50', Threshold: 80_000 });
    expect(alarms['server-errors']).toMatchObject({
      MetricName: 'Invocation5XXErrors', Statistic: 'Average', Threshold: 0.01, EvaluationPeriods: 1,
    });
    expect(alarms['client-errors']).toMatchObject({
      MetricName: 'Invocation4XXErrors', Threshold: 0.2, DatapointsToAlarm: 2,
    });
  });
  test('are there before the endpoint changes, with the user\'s own among them', () => {
    const { DeploymentConfig } = resources(template, 'AWS::SageMaker::Endpoint')[0].Properties;
    expect(DeploymentConfig.AutoRollbackConfiguration.Alarms.map(
      ({ AlarmName }: Json) => AlarmName.Ref ?? AlarmName,
    )).toEqual([
      ...Object.keys(template.findResources('AWS::CloudWatch::Alarm')), 'orders-failed',
    ]);
  });
  test('leave out refusals where a share of 100 percent is allowed', () => {
    expect(Object.keys(alarmsOf(make({ deployment: { alarms: { clientErrorPercent: 100 } } })))).toEqual([
      'server-errors', 'model-errors', 'latency-p99',
    ]);
  });
});

test('names of own alarms that are too long for a rule are refused before anything is deployed', () => {
  const long = (letter: string, n: number) => Array.from({ length: n }, (_, i) => `${letter.repeat(250)}${i}`);
  const delivered = (...names: string[][]) => stacksOf({
    ...DELIVERIES.default, deploymentGroups: [{
      name: 'main', deployEnvironments: names.map((ownAlarmNames, i) => ({
        name: `e${i}`, endpoint: { deployment: { alarms: { ownAlarmNames }, probe: false } },
      })),
    }],
  });
  expect(() => delivered(long('a', 4), long('a', 4))).not.toThrow();
  const refused = /option endpoint\.deployment\.alarms\.ownAlarmNames: .*EventBridge accepts 2048/;
  expect(() => delivered(long('a', 4), long('b', 4))).toThrow(refused);
  expect(() => delivered(long('a', 6))).toThrow(refused);
});

describe('in a delivery', () => {
  const all = templatesOf(DELIVERIES.sevenAccounts);
  const named = (part: string) => Object.entries(all).find(([name]) => name.includes(part))![1];

  test('production is watched, what comes before it is not', () => {
    const [endpoint] = resources(named('main-prod-endpoint'), 'AWS::SageMaker::Endpoint');
    expect(endpoint.Properties.DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.Type).toBe('CANARY');
    expect(named('main-prod-endpoint').toJSON().Outputs.Deployment.Value).toBe(
      '1 of 2 instances (about 50 % of the requests) for 10 min, then all; the old instances stay for 10 min; '
      + 'at most 80 min in total; alarms are watched for 60 min more',
    );
    named('main-preprod-endpoint').resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
  test('the slowest answer that the smoke test allows is the slowest of the new model', () => {
    expect(alarmsOf(named('main-prod-endpoint'))['latency-p99'].Threshold).toBe(30_000_000);
  });
});
