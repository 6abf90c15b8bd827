import type { DeliveryOptions } from '../../../src/options/delivery';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json, templatesOf } from '../../../testing/deliveries/synth';
import { metricMath } from '../../../testing/deployments/metrics';

afterAll(cleanUp);

type Template = Json;
type Templates = { readonly [environment: string]: Template };

/** The endpoint stacks of a delivery, by environment. */
function endpointStacks(delivery: DeliveryOptions): Templates {
  return Object.fromEntries(Object.entries(templatesOf(delivery)).flatMap(([name, template]) => {
    const [, environment] = /^churn-main-(\w+)-endpoint$/.exec(name) ?? [];
    return environment === undefined ? [] : [[environment, template.toJSON()]];
  }));
}

const all = endpointStacks(DELIVERIES.apis);
const text = (value: unknown): string => JSON.stringify(value);
const of = (environment: string, type: string, templates: Templates = all): Json[] =>
  Object.values(templates[environment].Resources as Json).filter((r: Json) => r.Type === type);
const one = (environment: string, type: string, templates: Templates = all): Json => {
  const found = of(environment, type, templates);
  expect(found).toHaveLength(1);
  return found[0];
};
const ENVIRONMENTS = ['dev', 'staging', 'prod', 'documents'];
const PER_RELEASE = ['dev', 'prod'];
const VERSION = 'AWS::Lambda::Version';

/** The delivery with its production alone, and options of the API changed. */
function changed(api: Json): DeliveryOptions {
  const [group] = DELIVERIES.apis.deploymentGroups!;
  const [prod] = group.deployEnvironments!.filter(({ name }) => name === 'prod');
  const endpoint = { ...prod.endpoint, api: { ...prod.endpoint?.api, ...api } };
  return {
    ...DELIVERIES.apis, deploymentGroups: [{ ...group, deployEnvironments: [{ ...prod, endpoint }] }],
  };
}

/** What a template becomes with these parameters: references filled in, attributes named. */
function deployed(template: Template, parameters: { readonly [name: string]: string }): Json {
  const resolve = (value: Json): Json => {
    if (Array.isArray(value)) { return value.map(resolve); }
    if (typeof value !== 'object' || value === null) { return value; }
    if ('Ref' in value) { return parameters[value.Ref as string] ?? `<${value.Ref as string}>`; }
    if ('Fn::GetAtt' in value) { return `<${(value['Fn::GetAtt'] as string[]).join('.')}>`; }
    if ('Fn::Join' in value) {
      const [blank, parts] = value['Fn::Join'] as [string, Json[]];
      return parts.map(resolve).join(blank);
    }
    return Object.fromEntries(Object.entries(value as Json).map(([key, inner]) => [key, resolve(inner)]));
  };
  return resolve(template.Resources);
}

const PARAMETERS = {
  ModelPackageArn: 'arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn-main/7',
  ServedModelPackageArn: 'arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn-main/7',
  StartedAt: '2026-01-02T03:04:05Z', PipelineExecutionId: 'first', Attempt: '1', Contract: 'a'.repeat(64),
  Release: 'abcd1234',
};
type Parameters = Partial<typeof PARAMETERS>;

const versionOf = (resources_: Json): Json => Object.values<Json>(resources_).find(r => r.Type === VERSION);
const handlerOf = (resources_: Json): Json =>
  Object.values<Json>(resources_).find(r => r.Type === 'AWS::Lambda::Function');
const at = (parameters: Parameters, template: Template = all.prod) => deployed(template, { ...PARAMETERS, ...parameters });

describe('a version of the handler', () => {
  test.each<[string, Parameters]>([
    ['another package', { ModelPackageArn: PARAMETERS.ModelPackageArn.replace('/7', '/8') }],
    ['another contract', { Contract: 'b'.repeat(64) }],
    ['another release', { Release: 'efgh5678' }],
    ['another attempt', { Attempt: '2' }],
  ])('is replaced with %s', (_, parameters) => {
    expect(versionOf(at(parameters)).Properties.Description).not.toBe(versionOf(at({})).Properties.Description);
  });
  test.each<[string, Parameters]>([
    ['another execution', { PipelineExecutionId: 'second', StartedAt: '2026-02-02T03:04:05Z' }],
    ['a copy of the same package', { ServedModelPackageArn: PARAMETERS.ModelPackageArn.replace('churn', 'copy') }],
  ])('stays with %s', (_, parameters) => {
    expect(versionOf(at(parameters)).Properties).toEqual(versionOf(at({})).Properties);
  });
  test.each<[string, Json, boolean]>([
    ['a larger limit', { maxPayloadKilobytes: 2048 }, true],
    ['more memory', { memorySizeInMB: 1024 }, true],
    ['less time', { timeoutSeconds: 10 }, true],
    ['a layer for traces', {
      tracingLayerArn: 'arn:aws:lambda:eu-west-1:615299751070:layer:AWSOpenTelemetryDistroPython:20',
    }, true],
    ['columns that are not stored', { predictionLog: { omitColumns: ['other'] } }, true],
    ['reserved concurrency, which belongs to the function', { reservedConcurrency: 7 }, false],
    ['another shift, which belongs to CodeDeploy', { shift: { strategy: 'linear' } }, false],
    ['other throttling, which belongs to API Gateway', { throttling: { requestsPerSecond: 5 } }, false],
    ['other alarms, which are looked at from outside', { alarms: { serverErrorPercent: 5 } }, false],
  ])('with %s: replaced exactly if the version itself changes', (_, api, isReplaced) => {
    const description = (templates: Templates) => versionOf(at({}, templates.prod)).Properties.Description as string;
    expect(description(endpointStacks(changed(api))) !== description(all)).toBe(isReplaced);
  });
  test.each(ENVIRONMENTS)('is never published for a function that did not change: all of its description is in variables '
    + '(%s)', environment => {
    const template = at({}, all[environment]);
    const values = Object.values(handlerOf(template).Properties.Environment.Variables as Json).map(String);
    const words = (versionOf(template).Properties.Description as string).split(' ');
    expect(words.length).toBeGreaterThanOrEqual(5);
    words.forEach(word => expect(values).toContain(word));
  });
  test('has room for the longest names in its description', () => {
    const arn = `arn:aws-us-gov:sagemaker:ap-southeast-2:123456789012:model-package/${'g'.repeat(63)}/999999`;
    const { Description } = versionOf(at({ ModelPackageArn: arn, Attempt: '99999' })).Properties;
    expect((Description as string).length).toBeLessThanOrEqual(256);
  });
  test.each(ENVIRONMENTS)('stays when it is replaced, and goes when its first creation fails (%s)', environment => {
    expect(one(environment, VERSION)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain',
    });
  });
  test.each(ENVIRONMENTS)('is bound to package, contract, endpoint and attempt by variables (%s)', environment => {
    const { Variables } = handlerOf(at({}, all[environment])).Properties.Environment;
    expect(Variables).toMatchObject({
      ENDPOINT_NAME: expect.stringContaining('EndpointName'), PACKAGE: PARAMETERS.ModelPackageArn,
      SERVED_PACKAGE: PARAMETERS.ServedModelPackageArn, CONTRACT: PARAMETERS.Contract, ATTEMPT: '1',
      RELEASE: PER_RELEASE.includes(environment) ? 'abcd1234' : 'none',
      DEPLOYMENT_BUCKET: expect.stringContaining(`churn-main-${environment}-deployment-`),
    });
    expect('ASYNCHRONOUS_URI' in Variables).toBe(environment === 'documents');
  });
});

describe('an endpoint of one release', () => {
  test.each(PER_RELEASE)('is named after it, in place it keeps its name (%s)', environment => {
    const [endpoint] = Object.values<Json>(at({}, all[environment])).filter(r => r.Type === 'AWS::SageMaker::Endpoint');
    expect(endpoint.Properties.EndpointName).toBe(`churn-main-${environment}-rabcd1234`);
    expect(one('staging', 'AWS::SageMaker::Endpoint').Properties.EndpointName).toBe('churn-main-staging');
    expect(all.staging.Parameters).not.toHaveProperty('Release');
  });
  test.each(PER_RELEASE)('stays with all that it runs on when the next one has its own (%s)', environment => {
    const types = [
      'AWS::SageMaker::Endpoint', 'AWS::SageMaker::EndpointConfig', 'AWS::SageMaker::Model', 'AWS::Logs::LogGroup',
      'AWS::ApplicationAutoScaling::ScalableTarget', 'AWS::ApplicationAutoScaling::ScalingPolicy',
    ];
    const kept = types.flatMap(type => of(environment, type));
    expect(kept).toHaveLength(environment === 'prod' ? 6 : 4);
    for (const resource of kept) {
      expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
  });
  test('is scaled itself: the target follows its name', () => {
    const { ResourceId } = one('prod', 'AWS::ApplicationAutoScaling::ScalableTarget').Properties;
    expect(text(ResourceId)).toMatch(/endpoint\/".*"EndpointName".*\/variant\/AllTraffic/);
  });
  test('belongs to its environment by the same tag as every other release', () => {
    for (const type of ['AWS::SageMaker::Endpoint', 'AWS::SageMaker::EndpointConfig', 'AWS::SageMaker::Model']) {
      expect(one('prod', type).Properties.Tags).toEqual([{ Key: 'sagemaker-cicd:endpoint', Value: 'churn-main-prod' }]);
    }
  });
  test.each(PER_RELEASE)('has a log of its own, which is there before it, under the key and for a year (%s)',
    environment => {
      const [[id, log]] = Object.entries<Json>(at({}, all[environment])).filter(([, r]) => r.Type === 'AWS::Logs::LogGroup');
      expect(log.Properties).toMatchObject({
        LogGroupName: `/aws/sagemaker/Endpoints/churn-main-${environment}-rabcd1234`, RetentionInDays: 365,
        KmsKeyId: expect.stringContaining(`:alias/churn-main-${environment}-environment`),
      });
      expect(one(environment, 'AWS::SageMaker::Endpoint').DependsOn).toContain(id);
    });
});

test.each(ENVIRONMENTS)('nothing is made without a model (%s)', environment => {
  const template = all[environment];
  const made = Object.entries<Json>(template.Resources).filter(([, r]) => r.Type !== 'AWS::CDK::Metadata');
  const [condition] = Object.keys(template.Conditions as Json);
  expect(made.filter(([, r]) => r.Condition !== condition).map(([id]) => id)).toEqual([]);
});

test.each(ENVIRONMENTS)('the deploy tools find version, contract and release in the outputs (%s)', environment => {
  const { Outputs } = all[environment];
  expect(text(Outputs.FunctionVersion.Value)).toMatch(/Version\w*","Version"/);
  expect(Outputs.Contract.Value).toEqual({ Ref: 'Contract' });
  expect(Outputs.Release?.Value).toEqual(PER_RELEASE.includes(environment) ? { Ref: 'Release' } : undefined);
  expect(Outputs.EndpointName).toBeDefined();
});

describe('the alarms of a version', () => {
  const alarms = (environment: string) => Object.values<Json>(at({}, all[environment]))
    .filter(r => r.Type === 'AWS::CloudWatch::Alarm' && /\/api-/.test(r.Properties.AlarmName as string))
    .map(r => r.Properties as Json);
  test.each(ENVIRONMENTS)('have its number in their names and count nothing else, minute by minute (%s)', environment => {
    const found = alarms(environment);
    expect(found.map(({ AlarmName }) => (AlarmName as string).replace(/<.*>/, '<version>')).sort()).toEqual([
      `churn-main-${environment}/api-latency/<version>`, `churn-main-${environment}/api-server-errors/<version>`,
    ]);
    const stats = found.flatMap((alarm): Json[] => (alarm.Metrics
      ? alarm.Metrics.flatMap((m: Json) => (m.MetricStat ? [{ ...m.MetricStat.Metric, Period: m.MetricStat.Period }] : []))
      : [alarm]));
    expect(stats).toHaveLength(4);
    for (const { Period, Dimensions, Namespace } of stats) {
      expect(Period).toBe(60);
      expect(['AWS/Lambda', `sagemaker-cicd/churn-main-${environment}`]).toContain(Namespace);
      expect((Dimensions as Json[]).map(({ Value }) => Value)).toContainEqual(expect.stringMatching(/^<.*\.Version>$/));
    }
    found.forEach(alarm => expect(alarm.TreatMissingData).toBe('notBreaching'));
  });
  test.each([
    ['no request', undefined, undefined, undefined, undefined],
    ['only good requests', 1000, 0, undefined, 0],
    ['1 % of failed requests, which is allowed', 1000, 10, undefined, 1],
    ['2 % of them', 1000, 20, undefined, 2],
    ['a version that cannot start', undefined, undefined, 5, 100],
    ['half of the calls without an answer', 10, 0, 10, 50],
  ])('with %s say how many of 100 requests failed', (_, requests, failed, ended, share) => {
    const [{ Metrics, Threshold, ComparisonOperator }] = alarms('prod').filter(({ Metrics: m }) => m !== undefined);
    const { Expression } = (Metrics as Json[]).find(({ Expression: e }) => e !== undefined);
    const value = metricMath(Expression as string, { requests, failed, ended });
    expect(Number.isNaN(value) ? undefined : value).toBe(share);
    expect([Threshold, ComparisonOperator]).toEqual([1, 'GreaterThanThreshold']);
  });
  test.each(ENVIRONMENTS)('stay when the version is replaced, which may go on answering, and go with the stack (%s)',
    environment => {
      const ofVersion = of(environment, 'AWS::CloudWatch::Alarm')
        .filter(({ Properties }) => text(Properties.AlarmName).includes('/api-'));
      expect(ofVersion.map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy]))
        .toEqual([['Delete', 'Retain'], ['Delete', 'Retain']]);
    });
  test('look at the slowest requests as the options say, the API\'s timeout unless they do', () => {
    const latency = (templates: Templates) => Object.values<Json>(templates.prod.Resources)
      .find(r => r.Properties?.MetricName === 'Latency').Properties.Threshold;
    // A second before a REST API gives up: otherwise nobody would see an answer that came too late.
    expect(latency(all)).toBe(28000);
    expect(latency(endpointStacks(changed({ timeoutSeconds: 1 })))).toBe(1000);
    expect(latency(endpointStacks(changed({ alarms: { p99LatencyMilliseconds: 250 } })))).toBe(250);
  });
});

test('in place, the endpoint\'s own name and its guardrails are as without an API', () => {
  const [endpoint] = of('documents', 'AWS::SageMaker::Endpoint');
  expect(endpoint.Properties.EndpointName).toBe('churn-main-documents');
  expect(endpoint.Properties.DeploymentConfig).toBeDefined();
  expect(one('prod', 'AWS::SageMaker::Endpoint').Properties.DeploymentConfig).toBeUndefined();
});
