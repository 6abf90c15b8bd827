import * as fs from 'node:fs';
import * as path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { App, Aspects, CfnParameter, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { infra } from '../../../src';
import { ApiType } from '../../../src/options/api';
import { ApiAuthorization } from '../../../src/options/api-authorization';
import { ApiShiftStrategy } from '../../../src/options/api-shift';
import { OptionError } from '../../../src/options/engine/option-error';
import { cleanUp, type Json, resources, temporary } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const PACKAGE = 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1';

type Given = Partial<infra.ModelApiProps>;

function made(given: Given = {}, app = new App({ outdir: temporary() })): { stack: Stack; api: infra.ModelApi } {
  const stack = new Stack(app, 'Mine');
  const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  return {
    stack, api: new infra.ModelApi(stack, 'Api', {
      apiName: 'mine', endpointName: 'mine-endpoint', modelPackageArn: PACKAGE, key, ...given,
    }),
  };
}

const template = (given: Given = {}) => Template.fromStack(made(given).stack);
const one = (of: Template, type: string): Json => {
  const found = resources(of, type);
  expect(found).toHaveLength(1);
  return found[0];
};
const text = (value: unknown): string => JSON.stringify(value);

function json(content: object): string {
  const file = path.join(temporary(), 'content.json');
  fs.writeFileSync(file, JSON.stringify(content));
  return file;
}
const golden = () => json({ format: 1, contentType: 'text/csv', accept: 'application/json', rows: [] });

test('an API used alone is an HTTP API that calls the alias with a role, and signs every route', () => {
  const alone = template();
  expect(text(one(alone, 'AWS::ApiGatewayV2::Integration').Properties.IntegrationUri)).toContain('ApiLive');
  const routes = resources(alone, 'AWS::ApiGatewayV2::Route').map(route => route.Properties);
  expect(routes.map(route => [route.RouteKey, route.AuthorizationType]).sort()).toEqual([
    ['GET /health', 'AWS_IAM'], ['GET /openapi.json', 'AWS_IAM'], ['GET /schema', 'AWS_IAM'],
    ['GET /version', 'AWS_IAM'], ['POST /predict', 'AWS_IAM'],
  ]);
  expect(resources(alone, 'AWS::Lambda::Permission')).toEqual([]);
});

test('CloudFormation moves the alias by CodeDeploy, with the alarms of the new version', () => {
  const alone = template({
    api: { shift: { strategy: ApiShiftStrategy.CANARY, percent: 10, minutes: 5 } }, goldenFile: golden(),
  });
  const update = one(alone, 'AWS::Lambda::Alias').UpdatePolicy.CodeDeployLambdaAliasUpdate;
  expect(text(update.BeforeAllowTrafficHook)).toContain('BeforeTraffic');
  expect(text(update.AfterAllowTrafficHook)).toContain('AfterTraffic');
  const group = one(alone, 'AWS::CodeDeploy::DeploymentGroup').Properties;
  expect(group.AlarmConfiguration.Enabled).toBe(true);
  expect(group.AlarmConfiguration.Alarms).toHaveLength(2);
  expect([...group.AutoRollbackConfiguration.Events].sort()).toEqual([
    'DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST',
  ]);
  expect(one(alone, 'AWS::CodeDeploy::DeploymentConfig').Properties.TrafficRoutingConfig).toEqual({
    Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryInterval: 5, CanaryPercentage: 10 },
  });
});

test('without golden rows and a smoke test nothing is tested; with either both hooks are', () => {
  const functions = (given: Given) => resources(template(given), 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties.Handler as string).sort();
  expect(functions({})).toEqual(['handler.answer']);
  const tested = ['handler.answer', 'hooks.after_traffic', 'hooks.before_traffic'];
  expect(functions({ goldenFile: golden() })).toEqual(tested);
  expect(functions({ smokeTest: { body: '1,2' } })).toEqual(tested);
});

/** What a synth puts beside the handler. */
function beside(given: Given, file: string): Json {
  const app = new App({ outdir: temporary() });
  made(given, app);
  const { directory } = app.synth();
  const found = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(entry => path.basename(entry) === file && fs.existsSync(path.join(directory, path.dirname(entry), 'handler.py')));
  expect(found).toHaveLength(1);
  return JSON.parse(fs.readFileSync(path.join(directory, found[0]), 'utf8'));
}

test('the contract lies beside the handler, whose version names its hash', () => {
  const schema = { columns: [] };
  const given = { schemaFile: json(schema), goldenFile: golden(), goldenTolerance: 0.01 };
  expect(beside(given, 'contract.json')).toMatchObject({
    format: 1, schema, golden: { format: 1 }, goldenTolerance: 0.01, modelName: 'mine',
  });
  expect(beside(given, 'contract.json')).not.toHaveProperty('contentTypes');
  expect(beside({}, 'contract.json')).toMatchObject({ schema: null, contentTypes: ['text/csv'] });
  const variables = (of: Given) => resources(template(of), 'AWS::Lambda::Function')
    .find(each => each.Properties.Handler === 'handler.answer').Properties.Environment.Variables;
  expect(variables(given).CONTRACT).toMatch(/^[0-9a-f]{64}$/);
  expect(variables(given).CONTRACT).not.toBe(variables({ ...given, goldenTolerance: 0.02 }).CONTRACT);
});

const description = (given: Given): string => text(one(template(given), 'AWS::Lambda::Version').Properties.Description);

test.each<[string, Given]>([
  ['another endpoint', { endpointName: 'mine-endpoint-2' }],
  ['another package', { modelPackageArn: PACKAGE.replace('/1', '/2') }],
  ['another attempt', { attempt: 2 }],
  ['another limit', { api: { maxPayloadKilobytes: 2048 } }],
  ['more memory', { api: { memorySizeInMB: 1024 } }],
  ['golden rows', { smokeTest: { body: '1', contentType: 'application/json' } }],
])('%s gives a new version', (_, given) => { expect(description(given)).not.toBe(description({})); });

test.each<[string, Given]>([
  ['more requests a second', { api: { throttling: { requestsPerSecond: 500 } } }],
  ['reserved concurrency, which is the function\'s', { api: { reservedConcurrency: 5 } }],
])('%s gives no new version', (_, given) => { expect(description(given)).toBe(description({})); });

test('a package and an endpoint that are known at the deployment are in the version\'s description', () => {
  const stack = new Stack(new App({ outdir: temporary() }), 'Mine');
  const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
  new infra.ModelApi(stack, 'Api', {
    apiName: 'mine', endpointName: parameter('Endpoint'), modelPackageArn: parameter('Package'),
    key: new kms.Key(stack, 'Key'),
  });
  const { Description } = one(Template.fromStack(stack), 'AWS::Lambda::Version').Properties;
  expect(text(Description)).toContain('{"Ref":"Package"}');
  expect(text(Description)).toContain('{"Ref":"Endpoint"}');
});

test('takes a user pool, a certificate and an endpoint of the same app, which have no names yet', () => {
  const stack = new Stack(new App({ outdir: temporary() }), 'Mine');
  const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
  const key = new kms.Key(stack, 'Key');
  const endpoint = new infra.ServerlessEndpoint(stack, 'Endpoint', {
    modelPackageArn: PACKAGE, executionRoleArn: 'arn:aws:iam::123456789012:role/mine', endpointName: 'mine',
  });
  new infra.ModelApi(stack, 'Api', {
    apiName: 'mine', endpointName: endpoint.endpoint.attrEndpointName, modelPackageArn: PACKAGE, key, api: {
      domain: { name: 'mine.example.org', certificateArn: parameter('Certificate') },
      authorization: {
        type: ApiAuthorization.JWT, issuer: `https://cognito-idp.eu-west-1.amazonaws.com/${parameter('Pool')}`,
        audience: [parameter('Client')],
      },
    },
  });
  const synthesized = Template.fromStack(stack);
  const { Variables } = one(synthesized, 'AWS::Lambda::Function').Properties.Environment;
  expect(text(Variables.ENDPOINT_NAME)).toContain('EndpointName');
  const written = (Variables.AUTHORIZATION['Fn::Join'][1] as Json[])
    .map(part => (typeof part === 'string' ? part : part.Ref)).join('');
  expect(JSON.parse(written)).toMatchObject({
    type: 'jwt', issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/Pool', audience: ['Client'],
  });
  expect(text(one(synthesized, 'AWS::ApiGatewayV2::Authorizer').Properties)).toContain('{"Ref":"Client"}');
});

test('origins, which the handler reads from a file, must be known', () => {
  const origin = new CfnParameter(new Stack(new App(), 'Other'), 'Origin').valueAsString;
  expect(refused({ api: { cors: { allowOrigins: [origin] } } })).toEqual(['api.cors.allowOrigins[0]']);
});

test('the handler invokes exactly its endpoint, the gateway calls exactly the alias', () => {
  const alone = template();
  const statements = resources(alone, 'AWS::IAM::Role').flatMap(role => role.Properties.Policies as Json[])
    .flatMap(policy => policy.PolicyDocument.Statement as Json[]);
  const about = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action));
  expect(text(about('sagemaker:InvokeEndpoint')[0].Resource)).toMatch(/:endpoint\/mine-endpoint"/);
  const gateway = resources(alone, 'AWS::IAM::Role').find(role => text(role).includes('apigateway.amazonaws.com'));
  // API Gateway names no account when it assumes the role of an integration.
  expect(gateway.Properties.AssumeRolePolicyDocument.Statement).toEqual([
    { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' } },
  ]);
  const [{ Statement: [{ Resource }] }] = gateway.Properties.Policies.map((policy: Json) => policy.PolicyDocument);
  expect(text(Resource)).toMatch(/:function:mine:live"/);
  expect(about('lambda:UpdateAlias').map(statement => text(statement.Resource))).toEqual([
    expect.stringMatching(/:function:mine".*:function:mine:live"/),
  ]);
  expect(statements.filter(({ Action }) => [Action].flat().some((action: string) => action.includes('*')))).toEqual([]);
  alone.resourcePropertiesCountIs('AWS::IAM::Role', { ManagedPolicyArns: Match.anyValue() }, 0);
});

test('the sample of a safe deployment: POST /api on REST, 10 % for 5 minutes, hooks, alarms of one minute', () => {
  const alone = template({
    api: {
      type: ApiType.REST, path: 'api', shift: { strategy: ApiShiftStrategy.CANARY, percent: 10, minutes: 5 },
    },
    smokeTest: { body: '1,2' },
  });
  alone.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart: 'api' });
  alone.hasResourceProperties('AWS::ApiGateway::Method', {
    HttpMethod: 'POST', AuthorizationType: 'AWS_IAM', Integration: { Type: 'AWS_PROXY' },
  });
  const periods = resources(alone, 'AWS::CloudWatch::Alarm').flatMap(({ Properties }) => (
    Properties.Period ?? Properties.Metrics.flatMap((metric: Json) => metric.MetricStat?.Period ?? [])));
  expect([...new Set(periods)]).toEqual([60]);
});

const refused = (given: object): string[] => {
  try {
    made(given as Given);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    return (error as OptionError).problems.map(problem => problem.path);
  }
};

test.each<[string, object, string]>([
  ['a name with capitals', { apiName: 'Mine' }, 'apiName'],
  ['a name that is too long for its hooks', { apiName: 'm'.repeat(49) }, 'apiName'],
  ['an endpoint with dots', { endpointName: 'my.endpoint' }, 'endpointName'],
  ['a package that is none', { modelPackageArn: 'mine/1' }, 'modelPackageArn'],
  ['no key', { key: 'alias/mine' }, 'key'],
  ['a misspelt property', { endpoint: 'mine' }, 'endpoint'],
  ['a misspelt option', { api: { pth: 'api' } }, 'api.pth'],
  ['a way of release, which deliveries have', { api: { release: 'per-release' } }, 'api.release'],
  ['a bake, which deliveries have', { api: { bakeSeconds: 60 } }, 'api.bakeSeconds'],
  ['tokens without an issuer', { api: { authorization: { type: ApiAuthorization.JWT } } }, 'api.authorization'],
  ['an open API', { api: { authorization: { type: ApiAuthorization.NONE } } }, 'api.authorization.type'],
  ['usage plans of an HTTP API', { api: { rest: { usagePlans: [{ name: 'a' }] } } }, 'api.rest'],
  ['a schema that is not there', { schemaFile: '/nowhere.json' }, 'schemaFile'],
  ['an address that is a folder', { asynchronousUri: '/tmp' }, 'asynchronousUri'],
])('an API used alone refuses %s', (_, given, path_) => { expect(refused(given)).toEqual([path_]); });

test.each<[string, Given]>([
  ['an HTTP API', { goldenFile: golden(), api: { predictionLog: {}, cors: { allowOrigins: ['https://a.example.org'] } } }],
  ['a REST API', { smokeTest: { body: '1' }, api: { type: ApiType.REST, rest: { usagePlans: [{ name: 'billing' }] } } }],
  ['an asynchronous one', { asynchronousUri: 's3://bucket/folder' }],
])('%s used alone: cdk-nag finds nothing without a reason', (_, given) => {
  const app = new App({ outdir: temporary() });
  made(given, app);
  [new AwsSolutionsChecks({ reports: false }), new NIST80053R5Checks({ reports: false })]
    .forEach(pack => Aspects.of(app).add(pack));
  expect(app.synth().stacks.flatMap(stack => stack.messages).filter(({ level }) => /error|warning/.test(level))
    .map(({ id, entry }) => `${id} ${String(entry.data)}`)).toEqual([]);
});
