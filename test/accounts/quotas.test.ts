import { preflightList } from '../../src/accounts/preflight';
import {
  buildQuotas, endpointQuotas, type JobDefaults, jobQuotas, monitorQuotas, SERVERLESS_QUOTA, serverlessQuotas, transformQuotas,
} from '../../src/accounts/quotas';
import type { DeliveryOptions } from '../../src/options/delivery';
import { type DeployEnvironmentOptions, EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind } from '../../src/options/endpoint';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { ACCOUNTS } from '../infra/accounts';

const OF_ALL = 'Number of instances across ';
const quotasOf = (delivery: DeliveryOptions, jobs: JobDefaults = {}) => {
  const plan = planDelivery(normaliseDelivery(delivery));
  return [...endpointQuotas(plan), ...jobQuotas(plan, jobs)];
};
/** Name to value, in one place. */
const values = (delivery: DeliveryOptions, jobs?: JobDefaults) =>
  Object.fromEntries(quotasOf(delivery, jobs).map(({ wants }) => [wants.name, wants.value]));
const environment = (name: string, instanceCount: number, more: Partial<DeployEnvironmentOptions> = {}) =>
  ({ name, type: EnvironmentType.PREPROD, endpoint: { instanceCount }, ...more });
const groups = (...each: DeployEnvironmentOptions[][]): DeliveryOptions => ({
  ...DELIVERIES.default,
  deploymentGroups: each.map((deployEnvironments, i) => ({ name: `g${i}`, sourceBranch: `b${i}`, deployEnvironments })),
});

test('score pipelines need the instances of one execution each, and none of endpoints', () => {
  const plan = planDelivery(normaliseDelivery(DELIVERIES.batch));
  expect(endpointQuotas(plan)).toEqual([]);
  expect(transformQuotas(plan).map(({ place, wants }) => [place.account, wants.name, wants.value])).toEqual([
    ['222222222222', 'ml.m5.large for transform job usage', 1],
    ['222222222222', `${OF_ALL}all transform jobs`, 1],
    ['333333333333', 'ml.g5.xlarge for transform job usage', 2],
    ['333333333333', `${OF_ALL}all transform jobs`, 2],
  ]);
  expect(preflightList(plan, {}).checks.filter(({ title }) => title.includes('transform job'))).toHaveLength(4);
  expect(transformQuotas(planDelivery(normaliseDelivery(DELIVERIES.default)))).toEqual([]);
});

test('monitors and the job that fills their tables run beside each other, each on an instance of its type', () => {
  const plan = planDelivery(normaliseDelivery(DELIVERIES.monitored));
  expect(monitorQuotas(plan).map(({ place, wants }) => [place.account, wants.name, wants.value])).toEqual([
    ['333333333333', 'ml.m5.large for processing job usage', 6],
    ['333333333333', `${OF_ALL}all processing jobs`, 6],
    ['444444444444', 'ml.m5.large for processing job usage', 5],
    ['444444444444', `${OF_ALL}all processing jobs`, 5],
  ]);
  const asked = preflightList(plan, {}).checks.filter(({ title }) => title.includes('monitors run beside'));
  expect(asked).toHaveLength(4);
  expect(monitorQuotas(planDelivery(normaliseDelivery(DELIVERIES.default)))).toEqual([]);
});

test('serverless endpoints of one place share a quota of requests at the same time', () => {
  const at = (name: string, account: string, maxConcurrency?: number) => ({
    name, account, region: 'eu-west-1',
    endpoint: { kind: EndpointKind.SERVERLESS, ...(maxConcurrency ? { serverless: { maxConcurrency } } : {}) },
  });
  const plan = planDelivery(normaliseDelivery(groups([
    at('a', '222222222222', 20), at('b', '222222222222'), at('c', '333333333333', 7),
  ])));
  expect(serverlessQuotas(plan).map(({ place, wants }) => [place.account, wants.value, wants.endpoints])).toEqual([
    ['222222222222', 25, ['churn-g0-a', 'churn-g0-b']], ['333333333333', 7, ['churn-g0-c']],
  ]);
  const [{ wants, title, fix }] = serverlessQuotas(plan);
  expect(wants).toMatchObject({ name: SERVERLESS_QUOTA, type: 'serverless', total: true });
  expect(title).toBe(`Quota "${SERVERLESS_QUOTA}": 25`);
  expect(fix).toContain('endpoint.serverless.maxConcurrency');
  expect(preflightList(plan, {}).checks.filter(check => check.wants.name === SERVERLESS_QUOTA)).toHaveLength(2);
  expect(endpointQuotas(plan)).toEqual([]);
  expect(serverlessQuotas(planDelivery(normaliseDelivery(DELIVERIES.default)))).toEqual([]);
});

test('builds that run at the same time have quotas where the pipelines are', () => {
  const of = (delivery: DeliveryOptions) => buildQuotas(planDelivery(normaliseDelivery(delivery)));
  const name = (size: string) => `Concurrently running builds for Linux/${size} environment`;
  expect(of(DELIVERIES.default).map(({ wants }) => wants)).toEqual([
    { name: name('Small'), value: 2, service: 'codebuild' }, { name: name('Medium'), value: 2, service: 'codebuild' },
  ]);
  const [small, medium] = of(DELIVERIES.sevenAccounts);
  expect([small.place.account, small.wants.value, medium.wants.value]).toEqual(['111111111111', 3, 3]);
  expect(small.fix).toContain(`AWS CodeBuild, "${name('Small')}": 3 or more`);
});

test('the user\'s own alarms must be where the endpoint is', () => {
  const alarms = { ownAlarmNames: ['orders-failed', 'refunds'] };
  const plan = planDelivery(normaliseDelivery(groups([{
    name: 'prod', account: '222222222222', region: 'eu-west-1', endpoint: { deployment: { alarms } },
  }])));
  const found = preflightList(plan, {}).checks.filter(({ kind }) => kind === 'alarm');
  expect(found.map(({ place, wants }) => [place.account, wants.name])).toEqual([
    ['222222222222', 'orders-failed'], ['222222222222', 'refunds'],
  ]);
});

test('a key of data to score must let the model of its environment decrypt', () => {
  const plan = planDelivery(normaliseDelivery(DELIVERIES.batch));
  const [check, ...more] = preflightList(plan, {}).checks.filter(({ kind }) => kind === 'dataKey');
  expect(more).toEqual([]);
  expect([check.place.account, check.wants.roles]).toEqual([
    '333333333333', ['arn:aws:iam::333333333333:role/churn-main-prod-model'],
  ]);
  expect(check.title).toContain('data to score');
  expect(check.fix).toContain('TransformJobsDecrypt');
});

describe('endpoints', () => {
  test('have their instances twice while they are updated, where they are', () => {
    const checks = quotasOf(ACCOUNTS).filter(({ wants }) => wants.name === 'ml.m5.large for endpoint usage');
    expect(checks.map(({ place, wants }) => [`${place.account}/${place.region}`, wants.value])).toEqual([
      ['333333333333/eu-west-1', 2], ['444444444444/us-east-1', 2], ['222222222222/eu-west-1', 2],
      ['555555555555/eu-west-1', 2],
    ]);
  });
  test('of waves that follow each other are updated one after the other, those of a wave together', () => {
    const value = (...environments: DeployEnvironmentOptions[]) =>
      values(groups(environments))['ml.m5.large for endpoint usage'];
    expect(value(environment('a', 2), environment('b', 3))).toBe(5 + 3);
    expect(value(environment('a', 2), environment('b', 3, { parallelWithPrevious: true }))).toBe(5 + 5);
    expect(value(environment('a', 4), environment('b', 3), environment('c', 3, { parallelWithPrevious: true })))
      .toBe(10 + 6);
  });
  test('of different groups are updated at the same time', () => {
    expect(values(groups([environment('a', 2), environment('b', 1)], [environment('c', 3)]))).toMatchObject({
      'ml.m5.large for endpoint usage': 6 + 2 + 3,
    });
  });
  test('of different types share the quota of all types', () => {
    const c5 = { endpoint: { instanceType: 'ml.c5.large', instanceCount: 4 } };
    expect(values(groups([environment('a', 2), environment('b', 4, c5)]))).toEqual({
      'ml.m5.large for endpoint usage': 4, 'ml.c5.large for endpoint usage': 8,
      [`${OF_ALL}active endpoints`]: 6 + 4,
    });
  });
  test('of the delivery are told by name, so that they are not counted twice', () => {
    const [check, all] = quotasOf(groups([environment('a', 2), environment('b', 1)]));
    expect(check.wants).toEqual({
      name: 'ml.m5.large for endpoint usage', value: 5, type: 'ml.m5.large',
      endpoints: ['churn-g0-a', 'churn-g0-b'],
    });
    expect(check.title).toBe('Quota "ml.m5.large for endpoint usage": 5; 2 of them while endpoints are updated');
    expect(all.wants).toEqual({
      name: `${OF_ALL}active endpoints`, value: 5, total: true, endpoints: ['churn-g0-a', 'churn-g0-b'],
    });
  });
});

describe('jobs', () => {
  const jobs: JobDefaults = {
    trainingType: 'ml.m5.xlarge', trainingCount: 2, processingType: 'ml.m5.large', processingCount: 1,
  };
  const only = (delivery: DeliveryOptions, more?: JobDefaults) => Object.fromEntries(
    Object.entries(values(delivery, more)).filter(([name]) => !name.includes('endpoint')));
  test('need what the pipeline\'s parameters have', () => {
    expect(only(DELIVERIES.default, jobs)).toEqual({
      'ml.m5.xlarge for training job usage': 2, [`${OF_ALL}all training jobs`]: 2,
      'ml.m5.large for processing job usage': 1, [`${OF_ALL}all processing jobs`]: 1,
    });
    expect(only(DELIVERIES.default)).toEqual({});
  });
  test('on spot instances have a quota of their own', () => {
    expect(Object.keys(only(DELIVERIES.default, { ...jobs, spot: true })).filter(name => name.includes('training')))
      .toEqual(['ml.m5.xlarge for spot training job usage', `${OF_ALL}all spot training jobs`]);
  });
  test('of trials that run at the same time have instances of their own each', () => {
    const tuned = { ...jobs, parallelTrials: 4 };
    expect(only(DELIVERIES.default, tuned)).toEqual({
      'ml.m5.xlarge for training job usage': 8, [`${OF_ALL}all training jobs`]: 8,
      'ml.m5.large for processing job usage': 1, [`${OF_ALL}all processing jobs`]: 1,
    });
    const titles = quotasOf(DELIVERIES.default, tuned).map(({ title }) => title);
    expect(titles).toContain('Quota "ml.m5.xlarge for training job usage": 8; 4 trials run at the same time');
    expect(titles).toContain('Quota "ml.m5.large for processing job usage": 1');
  });
  test('need what the group\'s parameters name instead', () => {
    const parameters = { TrainingInstanceType: 'ml.m5.4xlarge', ProcessingInstanceCount: 3 };
    expect(only({ ...DELIVERIES.default, deploymentGroups: [{ name: 'main', parameters }] }, jobs)).toMatchObject({
      'ml.m5.4xlarge for training job usage': 2, 'ml.m5.large for processing job usage': 3,
    });
  });
  test('of groups that build in one place run at the same time', () => {
    expect(only(groups([environment('a', 1)], [environment('b', 1)]), jobs)).toMatchObject({
      'ml.m5.xlarge for training job usage': 4, [`${OF_ALL}all processing jobs`]: 2,
    });
  });
  test('are in the list where the build is', () => {
    const plan = planDelivery(normaliseDelivery(ACCOUNTS));
    const found = preflightList(plan, jobs).checks.filter(({ wants }) => wants.name === `${OF_ALL}all training jobs`);
    expect(found.map(({ place }) => place)).toEqual([
      ...new Set(plan.groups.map(({ build }) => JSON.stringify(build.place))),
    ].map(place => JSON.parse(place) as object));
  });
});
