import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import { deploymentConfig } from '../../src/infra/endpoint/deployment-config';
import { DeploymentStrategy, type EndpointDeploymentOptions } from '../../src/options/deployment';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind } from '../../src/options/endpoint';
import { ENDPOINT_MATRIX, refusals } from '../../src/options/knowledge/endpoint-matrix';
import type { EndpointShape } from '../../src/options/knowledge/endpoint-shape';
import { trafficShift } from '../../src/options/knowledge/traffic-shift';
import { checkDelivery } from '../../src/plan/check';
import { selection } from '../../testing/selection';

const { ALL_AT_ONCE, ROLLING } = DeploymentStrategy;
const OWN_ALARMS = Array.from({ length: 6 }, (_, i) => `own-${i}`);

const product = <T extends object>(axes: { readonly [K in keyof T]: ReadonlyArray<T[K]> }): T[] => (
  Object.entries(axes) as [keyof T, ReadonlyArray<T[keyof T]>][]).reduce<T[]>((found, [name, values]) =>
  found.flatMap(so => values.map(value => ({ ...so, [name]: value }))), [{} as T]);

type Sizes = Pick<EndpointDeploymentOptions, 'stepInstances' | 'stepPercent'>;
type Times = Pick<EndpointDeploymentOptions, 'waitSeconds' | 'bakeSeconds'>;

/** Every combination of kind, strategy, size, times, alarms, instances and family. */
const SHAPES: EndpointShape[] = product<{
  kind: EndpointKind; strategy: DeploymentStrategy | undefined; instanceCount: number; instanceType: string;
  sizes: Sizes; times: Times; alarms: EndpointDeploymentOptions['alarms'];
  looks: Pick<EndpointDeploymentOptions, 'probe' | 'watchSeconds'>;
}>({
  kind: [EndpointKind.REALTIME, EndpointKind.ASYNCHRONOUS], strategy: [undefined, ...Object.values(DeploymentStrategy)],
  instanceCount: [1, 2, 3, 40], instanceType: ['ml.m5.large', 'ml.g5.xlarge', 'ml.inf1.xlarge'],
  sizes: [
    {}, { stepInstances: 1 }, { stepInstances: 3 }, { stepPercent: 5 }, { stepPercent: 30 },
    { stepInstances: 1, stepPercent: 50 },
  ],
  times: [{}, { bakeSeconds: 0 }, { waitSeconds: 3600, bakeSeconds: 3600 }],
  alarms: [undefined, { ownAlarmNames: OWN_ALARMS }], looks: [{}, { probe: true }, { probe: false, watchSeconds: 60 }],
}).map(({ strategy, sizes, times, alarms, looks, ...shape }) => ({
  ...shape, deployment: { ...(strategy && { strategy }), ...sizes, ...times, ...looks, ...(alarms && { alarms }) },
}));

/** What SageMaker's API reference says of a deployment, read anew from the rendered policy. */
function wrong(shape: EndpointShape): string[] {
  const shift = trafficShift(shape.deployment!, shape);
  const names = [
    'server', 'model', 'client', 'p99', ...(shift.isProbed ? ['golden'] : []), ...shift.alarms.ownAlarmNames,
  ];
  const config = JSON.parse(JSON.stringify(deploymentConfig(shift, names)));
  const { blueGreenUpdatePolicy: blueGreen, rollingUpdatePolicy: rolling } = config;
  const { alarms } = config.autoRollbackConfiguration;
  const routing = blueGreen?.trafficRoutingConfiguration;
  const all = shape.instanceCount;
  const part = (size: { type: string; value: number }) => (
    size.type === 'INSTANCE_COUNT' ? 100 * size.value / all : size.value);
  const parts = [
    ['canary', routing?.canarySize, 0, 50], ['linear', routing?.linearStepSize, 10, 50],
    ['rolling', rolling?.maximumBatchSize, 5, 50],
  ] as const;
  const between = (n: number, least: number, most: number) => n >= least && n <= most;
  return [
    (blueGreen === undefined) === (rolling === undefined) ? 'not exactly one policy' : '',
    ...parts.map(([name, size, least, most]) => (
      size === undefined || between(part(size), least, most) ? '' : `${name} of ${part(size)} %`)),
    ...parts.map(([name, size]) => (
      size === undefined || all * part(size) / 100 > 0.999 ? '' : `${name} is less than an instance`)),
    routing?.type === 'CANARY' && !routing.canarySize ? 'canary without a size' : '',
    routing?.type === 'LINEAR' && !routing.linearStepSize ? 'linear without a size' : '',
    routing?.type === 'ALL_AT_ONCE' && (routing.canarySize || routing.linearStepSize) ? 'a size all at once' : '',
    between((blueGreen ?? rolling).maximumExecutionTimeoutInSeconds, 600, 28_800) ? '' : 'time out of range',
    between((routing ?? rolling).waitIntervalInSeconds, 0, 3600) ? '' : 'wait out of range',
    blueGreen && !between(blueGreen.terminationWaitInSeconds, 0, 3600) ? 'bake out of range' : '',
    between(alarms.length, 1, 10) ? '' : `${alarms.length} alarms`,
    /\.inf1\./.test(shape.instanceType) && (routing?.type !== 'ALL_AT_ONCE' || blueGreen.terminationWaitInSeconds > 0)
      ? 'guardrails on Inf1' : '',
    rolling && blueGreen ? 'both policies' : '',
  ].filter(Boolean);
}

const JUDGED = SHAPES.map(shape => ({ shape, refused: refusals(shape), problems: wrong(shape) }));

describe('kinds, strategies, sizes, times and instance families', () => {
  test(`${SHAPES.length} combinations are refused, or come to a policy that SageMaker takes`, () => {
    const found = JUDGED.filter(({ refused }) => refused.length === 0).flatMap(({ shape, problems }) => (
      problems.map(problem => `${problem}: ${JSON.stringify(shape)}`)));
    expect(found.slice(0, 5)).toEqual([]);
  });
  test('what is possible is not refused', () => {
    expect(JUDGED.filter(({ refused }) => refused.length === 0).length / SHAPES.length).toBeGreaterThan(0.09);
  });
  test('every refusal of the table is met, and each names a reason, a remedy and a source', () => {
    const met = new Set(JUDGED.flatMap(({ refused }) => refused.map(({ source, option }) => `${option}: ${source}`)));
    for (const { option, source, fix } of ENDPOINT_MATRIX) {
      expect(met).toContain(`${option}: ${source}`);
      expect([source.length > 20, fix.length > 20]).toEqual([true, true]);
    }
  });
  test('without a word every fleet gets a deployment that SageMaker takes', () => {
    for (const { kind, instanceCount, instanceType } of SHAPES.filter((_, i) => i % 36 === 0)) {
      const shape = { kind, instanceCount, instanceType, deployment: {} };
      expect([shape, refusals(shape), wrong(shape)]).toEqual([shape, [], []]);
    }
  });

  const cases = SHAPES.filter((_, i) => i % 35 === 0).flatMap(shape => (
    [0, 100].flatMap(capture => [false, true].map(inVpc => ({ shape, capture, inVpc })))));
  test.each(selection('endpoints of the matrix', cases, 8))(
    'a construct is made, or refuses (%#)', ({ shape, capture, inVpc }) => {
      const make = () => new infra.ModelEndpoint(new Stack(new App(), 'Mine'), 'Endpoint', {
        modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
        executionRoleArn: 'arn:aws:iam::123456789012:role/mine', endpointName: 'mine',
        kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
        instanceType: shape.instanceType, instanceCount: shape.instanceCount, deployment: shape.deployment,
        ...(shape.kind === EndpointKind.ASYNCHRONOUS ? { asynchronous: {}, asynchronousUri: 's3://answers/mine' }
          : { dataCapturePercentage: capture, dataCaptureUri: 's3://captured/mine' }),
        network: inVpc ? {
          vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'],
          securityGroupIds: ['sg-0123456789abcdef0'],
        } : undefined,
      });
      const [first] = refusals(shape);
      if (first) { expect(make).toThrow(first.text.slice(0, 40)); } else { expect(make).not.toThrow(); }
    });
});

describe('in a delivery', () => {
  const told = (project: object, own: object = {}) => checkDelivery({
    name: 'churn', endpoint: { smokeTest: { body: '1' }, ...project },
    deploymentGroups: [{
      name: 'main', deployEnvironments: [{ name: 'prod', type: EnvironmentType.PROD, endpoint: own }],
    }],
  });
  test('an environment\'s own deployment is told by its path', () => {
    const own = { deployment: { strategy: 'canary', stepInstances: 3 } };
    const [{ path, value, allowed }, ...more] = told({ instanceCount: 4 }, own);
    expect([path, value, more]).toEqual([
      'deploymentGroups[0].deployEnvironments[0].endpoint.deployment.stepInstances', '3', [],
    ]);
    expect(allowed).toMatch(/^1 to 2 of 4 instances for "canary" \(SageMaker API reference/);
  });
  test('the project\'s deployment is told with the environment that it does not fit', () => {
    const [{ path, fix }] = told({ deployment: { strategy: ROLLING } });
    expect(path).toBe('endpoint.deployment.strategy');
    expect(fix).toContain('deploymentGroups[0].deployEnvironments[0]');
  });
  test('what fits passes, in an environment that has instances of its own too', () => {
    expect(told({ deployment: { strategy: ROLLING } }, { instanceCount: 2 })).toEqual([]);
    expect(told({ deployment: { strategy: ALL_AT_ONCE, bakeSeconds: 0 } })).toEqual([]);
  });
});
