import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import type { AutoscalingOptions } from '../../src/options/autoscaling';
import { DeploymentStrategy } from '../../src/options/deployment';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind } from '../../src/options/endpoint';
import { API_MATRIX } from '../../src/options/knowledge/api-matrix';
import { BATCH_MATRIX } from '../../src/options/knowledge/batch-matrix';
import { refusals } from '../../src/options/knowledge/endpoint-matrix';
import type { EndpointShape } from '../../src/options/knowledge/endpoint-shape';
import { KIND_MATRIX } from '../../src/options/knowledge/kind-matrix';
import { MONITORING_MATRIX } from '../../src/options/knowledge/monitoring-matrix';
import { checkDelivery } from '../../src/plan/check';
import { selection } from '../../testing/selection';

const { REALTIME, SERVERLESS, ASYNCHRONOUS, BATCH } = EndpointKind;

/** What has no endpoint is in `batch-matrix.test.ts`, what is in front of one in `api-matrix.test.ts`. */
const KINDS = Object.values(EndpointKind).filter(kind => kind !== BATCH);

const SCALINGS: ReadonlyArray<AutoscalingOptions | undefined> = [
  undefined,
  { maxCapacity: 10, invocationsPerInstance: 750, scaleInCooldownSeconds: 60, scaleOutCooldownSeconds: 60 },
  { minCapacity: 2, maxCapacity: 4, concurrentRequestsPerInstance: 3 },
  { minCapacity: 0, maxCapacity: 2, backlogPerInstance: 10 },
  { maxCapacity: 3 },
  { minCapacity: 3, maxCapacity: 2, invocationsPerInstance: 1 },
  { maxCapacity: 4, invocationsPerInstance: 1, concurrentRequestsPerInstance: 1 },
  { maxCapacity: 4, provisionedConcurrencyUtilization: 50 },
  {
    maxCapacity: 4, invocationsPerInstance: 9,
    schedules: [{ name: 'night', schedule: 'cron(0 22 * * ? *)', minCapacity: 0, maxCapacity: 1 }],
  },
  { maxCapacity: 4, invocationsPerInstance: 9, schedules: [{ name: 'night', schedule: 'rate(1 day)' }] },
  {
    maxCapacity: 4, invocationsPerInstance: 9, schedules: ['cron(0 6 * * ? *)', 'cron(0 9 * * ? *)']
      .map(schedule => ({ name: 'day', schedule, minCapacity: 2 })),
  },
];

/** Every combination of kind, scaling, capture, network, instances and what is of one kind alone. */
const SHAPES: EndpointShape[] = KINDS.flatMap(kind =>
  SCALINGS.flatMap(autoscaling => [0, 30].flatMap(dataCapturePercentage => [false, true].flatMap(inVpc =>
    ['ml.m5.large', 'ml.t2.medium'].flatMap(instanceType => [1, 2].flatMap(instanceCount => [
      {}, { serverless: { provisionedConcurrency: 2 } },
      { serverless: { maxConcurrency: 2, provisionedConcurrency: 3 } },
      { asynchronous: {} }, { deployment: {} }, { deployment: { probe: true } },
      { givenInstances: ['instanceType' as const, 'instanceCount' as const] },
    ].map(of => ({ kind, autoscaling, dataCapturePercentage, inVpc, instanceType, instanceCount, ...of }))))))));

const ARNS = {
  modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
  executionRoleArn: 'arn:aws:iam::123456789012:role/mine', endpointName: 'mine',
};
const network = {
  vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'],
};

/** The construct of a kind; what it has no property for is left out. */
function build({ kind, serverless, asynchronous, inVpc, deployment, ...shape }: EndpointShape): Template {
  const stack = new Stack(new App(), 'Mine');
  if (kind === SERVERLESS) {
    new infra.ServerlessEndpoint(stack, 'Endpoint', { ...ARNS, serverless, autoscaling: shape.autoscaling });
  } else {
    new infra.ModelEndpoint(stack, 'Endpoint', {
      ...ARNS, kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
      instanceType: shape.instanceType, instanceCount: shape.instanceCount, autoscaling: shape.autoscaling, deployment,
      dataCapturePercentage: shape.dataCapturePercentage, dataCaptureUri: 's3://captured/mine',
      network: inVpc ? network : undefined,
      ...(kind === ASYNCHRONOUS ? { asynchronous: asynchronous ?? {}, asynchronousUri: 's3://answers/mine' } : {}),
    });
  }
  return Template.fromStack(stack);
}

type Resource = { readonly Type: string; readonly Properties: { readonly [name: string]: any } };

/** What the documents say of an endpoint, read anew from its template. */
function wrong(template: Template): string[] {
  const resources = Object.entries(template.toJSON().Resources as { [id: string]: Resource });
  const all = (type: string) => resources.filter(([, { Type }]) => Type === `AWS::${type}`).map(([id, r]) => (
    { id, ...r.Properties } as { [name: string]: any }));
  const [model] = all('SageMaker::Model');
  const [config] = all('SageMaker::EndpointConfig');
  const [endpoint] = all('SageMaker::Endpoint');
  const [target] = all('ApplicationAutoScaling::ScalableTarget');
  const policies = all('ApplicationAutoScaling::ScalingPolicy');
  const [variant] = config.ProductionVariants;
  const { ServerlessConfig: serverless } = variant;
  const metrics = policies.map(({ TargetTrackingScalingPolicyConfiguration: tracking }) => tracking
    && (tracking.PredefinedMetricSpecification?.PredefinedMetricType
      ?? tracking.CustomizedMetricSpecification?.MetricName)).filter(Boolean);
  const actions = [
    target, ...(target?.ScheduledActions ?? []).map((a: Resource['Properties']) => a.ScalableTargetAction),
  ];
  const atLeast = config.AsyncInferenceConfig ? 0 : 1;
  const of = (what: boolean, text: string) => (what ? [text] : []);
  return [
    ...of((serverless === undefined) === (variant.InstanceType === undefined), 'instances and serverless, or neither'),
    ...of(Boolean(serverless && (model.VpcConfig || model.EnableNetworkIsolation)), 'serverless in a network'),
    ...of(Boolean(serverless && (config.DataCaptureConfig || endpoint.DeploymentConfig)), 'serverless with guardrails'),
    ...of(serverless && serverless.MemorySizeInMB % 1024 !== 0, 'memory'),
    ...of((serverless?.ProvisionedConcurrency ?? 0) > (serverless?.MaxConcurrency ?? 0), 'provisioned above maximum'),
    ...of(Boolean(config.AsyncInferenceConfig && serverless), 'asynchronous and serverless'),
    ...(target ? [
      ...of(!JSON.stringify(target.ResourceId).includes(endpoint.id), 'scaled before it is there'),
      ...of(target.MinCapacity > target.MaxCapacity || target.MaxCapacity < 1, 'limits'),
      ...of(actions.some(({ MinCapacity }) => MinCapacity < atLeast), 'fewer than the least'),
      ...of(actions.some(({ MinCapacity = target.MinCapacity, MaxCapacity = target.MaxCapacity }) => (
        MinCapacity > MaxCapacity)), 'scheduled limits'),
      ...of(metrics.length !== 1, `targets ${metrics}`),
      ...of(/^ml\.t\d/.test(variant.InstanceType ?? ''), 'burstable'),
      ...of(!serverless && endpoint.RetainAllVariantProperties !== true, 'an update resets the instances'),
      ...of(target.ScalableDimension.endsWith('Concurrency') !== Boolean(serverless), 'dimension'),
      ...of(metrics[0].includes('Backlog') !== Boolean(config.AsyncInferenceConfig), 'metric of another kind'),
      ...of(metrics[0].includes('ProvisionedConcurrency') !== Boolean(serverless), 'metric of another kind'),
      ...of(serverless && target.MaxCapacity > serverless.MaxConcurrency, 'more than the concurrency'),
      ...of(serverless && !serverless.ProvisionedConcurrency, 'nothing to scale'),
      ...of(target.MinCapacity === 0 && policies.length !== 2, 'never from zero'),
      ...of(actions.length > 1 && new Set(target.ScheduledActions.map((a: Resource['Properties']) => (
        a.ScheduledActionName))).size < actions.length - 1, 'two schedules of one name'),
    ] : []),
  ];
}

const possible = SHAPES.filter(shape => refusals(shape).length === 0);

describe('kinds with scaling, capture, network and instances', () => {
  test('every refusal of the table is met, and each names a reason, a remedy and a source', () => {
    const met = new Set(SHAPES.flatMap(shape => refusals(shape).map(({ option, source }) => `${option}: ${source}`)));
    const elsewhere = [...BATCH_MATRIX, ...API_MATRIX, ...MONITORING_MATRIX];
    for (const { option, source, fix } of KIND_MATRIX.filter(refusal => !elsewhere.includes(refusal))) {
      expect(met).toContain(`${option}: ${source}`);
      expect([source.length > 20, fix.length > 20]).toEqual([true, true]);
    }
  });
  test('each kind has much that is possible, scaled and not', () => {
    for (const kind of KINDS) {
      for (const isScaled of [false, true]) {
        const found = possible.filter(s => s.kind === kind && (s.autoscaling !== undefined) === isScaled);
        expect([kind, isScaled, found.length > 5]).toEqual([kind, isScaled, true]);
      }
    }
  });
  test.each(selection('kinds of the matrix', possible, 12))(
    'what is not refused comes to an endpoint that SageMaker takes (%#)', shape => {
      expect([shape, wrong(build(shape))]).toEqual([shape, []]);
    });
  const told = SHAPES.filter(shape => refusals(shape).some(({ option }) => option.startsWith('autoscaling'))
    && (shape.kind === SERVERLESS ? !shape.deployment && !shape.asynchronous : !shape.serverless)
    && (shape.kind === REALTIME ? !shape.asynchronous : true));
  test.each(selection('refused kinds of the matrix', told, 5))('what is refused makes no construct (%#)', shape => {
    expect(() => build(shape)).toThrow('autoscaling');
  });
});

test('a schedule counts for the sizes of a deployment: one instance at night cannot be split', () => {
  const shape = (schedules: AutoscalingOptions['schedules']): EndpointShape => ({
    kind: REALTIME, instanceType: 'ml.m5.large', instanceCount: 4,
    deployment: { strategy: DeploymentStrategy.LINEAR, stepInstances: 1 },
    autoscaling: { minCapacity: 2, maxCapacity: 6, invocationsPerInstance: 100, schedules },
  });
  const at = { schedule: 'cron(0 22 * * ? *)' };
  expect(refusals(shape([]))).toEqual([]);
  expect(refusals(shape([{ ...at, name: 'night', minCapacity: 1 }])).map(({ option }) => option))
    .toEqual(['deployment.strategy']);
  // A tenth of 20 instances is more than one.
  expect(refusals(shape([{ ...at, name: 'fair', maxCapacity: 20 }])).map(({ option }) => option))
    .toEqual(['deployment.stepInstances']);
});

describe('in a delivery', () => {
  const check = (project: object, own: object = {}, more: object = {}) => checkDelivery({
    name: 'churn', endpoint: { smokeTest: { body: '1' }, ...project }, ...more,
    deploymentGroups: [{
      name: 'main', deployEnvironments: [{ name: 'prod', type: EnvironmentType.PROD, endpoint: own }],
    }],
  }).map(({ path }) => path);
  const OWN = 'deploymentGroups[0].deployEnvironments[0].endpoint';
  test('production may be serverless, without the canary that it has otherwise', () => {
    expect(check({ kind: SERVERLESS })).toEqual([]);
    expect(check({ instanceType: 'ml.m5.large', instanceCount: 2 }, { kind: SERVERLESS })).toEqual([]);
  });
  test('an environment of another kind inherits nothing that depends on the kind', () => {
    const project = {
      dataCapturePercentage: 10, deployment: {}, autoscaling: { maxCapacity: 4, invocationsPerInstance: 100 },
    };
    expect(check(project, { kind: SERVERLESS })).toEqual([]);
    expect(check(project, { kind: ASYNCHRONOUS })).toEqual([]);
    expect(check(project, { kind: ASYNCHRONOUS, dataCapturePercentage: 5 })).toEqual([`${OWN}.dataCapturePercentage`]);
  });
  test('what is wrong is told where it was written', () => {
    expect(check({ kind: SERVERLESS, instanceType: 'ml.c5.large' })).toEqual(['endpoint.instanceType']);
    expect(check({}, { kind: SERVERLESS, instanceCount: 2 })).toEqual([`${OWN}.instanceCount`]);
    expect(check({ serverless: {} })).toEqual(['endpoint.serverless']);
    expect(check({}, { autoscaling: { maxCapacity: 2 } })).toEqual([`${OWN}.autoscaling`]);
    expect(check({ kind: SERVERLESS }, {}, { network })).toEqual(['endpoint.kind']);
    expect(check({}, { kind: SERVERLESS }, { network })).toEqual([`${OWN}.kind`]);
    expect(check({ kind: SERVERLESS, serverless: { memorySizeInMB: 1500 } })).toEqual([
      'endpoint.serverless.memorySizeInMB',
    ]);
  });
  test('topics are in the environment\'s region, and China has no serverless inference', () => {
    const arn = 'arn:aws:sns:eu-west-1:123456789012:answers';
    const tooling = (region: string) => ({ tooling: { account: '111111111111', region } });
    const asynchronous = { kind: ASYNCHRONOUS, asynchronous: { successTopicArn: arn } };
    expect(check(asynchronous, {}, tooling('eu-west-1'))).toEqual([]);
    expect(check(asynchronous, {}, tooling('eu-central-1'))).toEqual(['endpoint.asynchronous.successTopicArn']);
    expect(check({}, asynchronous, tooling('eu-central-1'))).toEqual([`${OWN}.asynchronous.successTopicArn`]);
    expect(check({ kind: SERVERLESS }, {}, {
      ...tooling('cn-north-1'), source: {
        type: 'github', repository: 'a/b',
        connectionArn: 'arn:aws-cn:codeconnections:cn-north-1:111111111111:connection/0123abcd',
      },
    })).toContain('endpoint.kind');
  });
});
