import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import { Delivery } from '../../src/delivery/delivery';
import { planOf } from '../../src/infra/shared/plan';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind } from '../../src/options/endpoint';
import { checkDelivery } from '../../src/plan/check';
import { PROBE_METRIC, PROVEN_METRIC } from '../../src/plan/endpoint/shift';

interface Widget {
  readonly type: string;
  readonly properties: { readonly title: string; readonly metrics: ReadonlyArray<readonly unknown[]> };
}

/** What a dashboard shows; the region is CloudFormation's to fill in. */
function widgets(props: Partial<infra.EndpointDashboardProps> = {}): { name: string; all: readonly Widget[] } {
  const stack = new Stack(new App(), 'Mine', { env: { account: '123456789012', region: 'eu-west-1' } });
  new infra.EndpointDashboard(stack, 'Dashboard', { endpointName: 'churn-main-prod', ...props });
  const [{ Properties: { DashboardName: name, DashboardBody: body } }] = Object.values(
    Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const text = typeof body === 'string' ? body : (body['Fn::Join'][1] as unknown[]).map(part => (
    typeof part === 'string' ? part : 'filled-in')).join('');
  return { name: name as string, all: (JSON.parse(text) as { widgets: readonly Widget[] }).widgets };
}

/** Every metric: namespace, name, and the dimensions that follow in pairs. */
const metrics = (all: readonly Widget[]) => all.flatMap(({ properties }) => properties.metrics).map(metric => (
  metric.filter((part): part is string => typeof part === 'string')));

const KINDS = [EndpointKind.REALTIME, EndpointKind.ASYNCHRONOUS, EndpointKind.SERVERLESS];

describe('a dashboard', () => {
  test.each(KINDS)('of a %s endpoint shows nothing of another endpoint', kind => {
    const { name, all } = widgets({ kind, probed: true });
    expect(name).toBe('churn-main-prod');
    for (const [namespace, , ...dimensions] of metrics(all)) {
      expect(dimensions.slice(0, 2)).toEqual(['EndpointName', 'churn-main-prod']);
      expect(['AWS/SageMaker', '/aws/sagemaker/Endpoints', 'sagemaker-cicd/churn-main-prod']).toContain(namespace);
    }
  });
  test.each(KINDS)('of a %s endpoint has titled graphs that fit side by side', kind => {
    const { all } = widgets({ kind });
    expect(all.length).toBeGreaterThanOrEqual(5);
    expect(new Set(all.map(({ properties }) => properties.title)).size).toBe(all.length);
    expect(all.every(({ type }) => type === 'metric')).toBe(true);
  });
  test('of another kind shows what that kind publishes', () => {
    const named = (kind: EndpointKind) => metrics(widgets({ kind }).all).map(([, name]) => name);
    expect(named(EndpointKind.SERVERLESS)).toEqual(expect.arrayContaining([
      'ModelSetupTime', 'ServerlessProvisionedConcurrencyUtilization', 'MemoryUtilization',
    ]));
    expect(named(EndpointKind.SERVERLESS)).not.toContain('CPUUtilization');
    expect(named(EndpointKind.ASYNCHRONOUS)).toEqual(expect.arrayContaining([
      'ApproximateBacklogSize', 'ApproximateAgeOfOldestRequest', 'CPUUtilization',
    ]));
    expect(named(EndpointKind.REALTIME).filter(name => name.startsWith('Approximate'))).toEqual([]);
  });
  test('takes queues as a whole: their metrics have no variant', () => {
    const queued = metrics(widgets({ kind: EndpointKind.ASYNCHRONOUS }).all).filter(([, name]) =>
      name.startsWith('Approximate'));
    expect(queued.map(metric => metric.slice(2))).toEqual(queued.map(() => ['EndpointName', 'churn-main-prod']));
  });
  test('names metrics of requests as the CDK has them from CloudWatch', () => {
    const canned = require.resolve('aws-cdk-lib/aws-sagemaker').replace(/index\.js$/, '');
    const text = fs.readFileSync(path.join(canned, 'lib', 'sagemaker-canned-metrics.generated.js'), 'utf8');
    const known = [...text.matchAll(/metricName:"(\w+)"/g)].map(([, name]) => name);
    const served = metrics(widgets().all).filter(([namespace]) => namespace === 'AWS/SageMaker')
      .map(([, name]) => name);
    expect(served.filter(name => !known.includes(name))).toEqual([]);
    expect(new Set(served).size).toBe(5);
  });
  test('shows what the deploy tools count, by the names that they use', () => {
    const tool = (name: string) => fs.readFileSync(path.resolve(__dirname, '../../tools/deploy', name), 'utf8');
    expect(tool('probe.py')).toContain(`METRIC = "${PROBE_METRIC}"`);
    expect(tool('smoke_test.py')).toContain(`PROVEN_METRIC = "${PROVEN_METRIC}"`);
    const named = (probed: boolean) => metrics(widgets({ probed }).all).map(([, name]) => name);
    expect(named(false)).toContain(PROVEN_METRIC);
    expect(named(false)).not.toContain(PROBE_METRIC);
    expect(named(true)).toContain(PROBE_METRIC);
  });
});

describe('in a delivery', () => {
  const of = (endpoint: object, own: object = {}) => ({
    name: 'churn', endpoint: { smokeTest: { body: '1' }, ...endpoint },
    deploymentGroups: [{
      name: 'main', deployEnvironments: [
        { name: 'dev', type: EnvironmentType.DEV, endpoint: own }, { name: 'prod', type: EnvironmentType.PROD },
      ],
    }],
  });
  const shown = (...given: Parameters<typeof of>) => planOf(Delivery.of(of(...given))).groups[0].environments.map(
    ({ name, dashboard }) => `${name}: ${dashboard}`);
  test('production has one, and whoever else is told to', () => {
    expect(shown({})).toEqual(['dev: undefined', 'prod: churn-main-prod']);
    expect(shown({}, { dashboard: true })).toEqual(['dev: churn-main-dev', 'prod: churn-main-prod']);
    expect(shown({ dashboard: false })).toEqual(['dev: undefined', 'prod: undefined']);
  });
  test('a score pipeline has no endpoint to show', () => {
    expect(shown({ kind: EndpointKind.BATCH })).toEqual(['dev: undefined', 'prod: undefined']);
    expect(checkDelivery(of({}, { kind: EndpointKind.BATCH, dashboard: true })).map(({ path: at }) => at)).toEqual([
      'deploymentGroups[0].deployEnvironments[0].endpoint.dashboard',
    ]);
  });
});
