import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { App, Stack } from 'aws-cdk-lib/core';
import { infra } from '../../../src';
import { handlerSettings } from '../../../src/infra/api/handler-settings';
import { ApiType } from '../../../src/options/api';
import { ApiAuthorization } from '../../../src/options/api-authorization';
import { EnvironmentType } from '../../../src/options/deployment-group';
import { EndpointKind } from '../../../src/options/endpoint';
import { apiSettings } from '../../../src/plan/api/settings';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const all = templatesOf(DELIVERIES.apis);
const of = (environment: string): Template => all[`churn-main-${environment}-environment`];
const props = (environment: string, type: string): Json[] => resources(of(environment), type).map(r => r.Properties);
const text = (value: unknown): string => JSON.stringify(value);
const HTTP = ['dev', 'staging'];
const REST = ['prod', 'documents'];

/** An API of this kind, alone in a stack. */
function alone(api: Json): Template {
  const stack = new Stack(new App(), 'Mine');
  new infra.ModelApi(stack, 'Api', {
    apiName: 'mine', endpointName: 'mine', key: new kms.Key(stack, 'Key'), api,
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
  });
  return Template.fromStack(stack);
}

describe('an API calls the alias of its handler', () => {
  test.each(HTTP)('with the gateway\'s role, in the form 2.0 (%s)', environment => {
    const [integration] = props(environment, 'AWS::ApiGatewayV2::Integration');
    expect(integration).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
    expect(text(integration.IntegrationUri)).toMatch(/:function:churn-main-\w+-api:live"/);
    expect(text(integration.CredentialsArn)).toContain('GatewayRole');
  });
  test.each(REST)('with the gateway\'s role, by POST (%s)', environment => {
    const called = props(environment, 'AWS::ApiGateway::Method').filter(({ HttpMethod }) => HttpMethod !== 'OPTIONS');
    expect(called.length).toBeGreaterThanOrEqual(5);
    for (const { Integration } of called) {
      expect(Integration).toMatchObject({ Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST' });
      expect(text(Integration.Uri)).toMatch(/:function:churn-main-\w+-api:live\/invocations"/);
      expect(text(Integration.Credentials)).toContain('GatewayRole');
    }
  });
  test.each([...HTTP, ...REST])('and nobody else may: there is no policy on a function (%s)', environment => {
    expect(props(environment, 'AWS::Lambda::Permission')).toEqual([]);
  });
  test('and gives up neither before the handler does nor later than API Gateway can', () => {
    const [{ TimeoutInMillis: http }] = props('staging', 'AWS::ApiGatewayV2::Integration');
    expect(http).toBe(30000);
    const rest = props('prod', 'AWS::ApiGateway::Method').map(({ Integration }) => Integration.TimeoutInMillis);
    expect([...new Set(rest)]).toEqual([29000]);
    const [{ TimeoutInMillis: short }] = resources(alone({ timeoutSeconds: 5 }), 'AWS::ApiGatewayV2::Integration')
      .map(r => r.Properties);
    expect(short).toBe(6000);
  });
});

describe('every route asks who calls', () => {
  test('by IAM, for each path of an API', () => {
    const routes = props('staging', 'AWS::ApiGatewayV2::Route');
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([
      'GET /health', 'GET /openapi.json', 'GET /schema', 'GET /version', 'POST /predict',
    ]);
    expect(routes.filter(({ AuthorizationType }) => AuthorizationType !== 'AWS_IAM')).toEqual([]);
  });
  test('by tokens of exactly the issuer and audience of the options, with a scope', () => {
    const [{ Properties }] = resources(of('dev'), 'AWS::ApiGatewayV2::Authorizer');
    expect(Properties).toMatchObject({
      AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://login.example.org', Audience: ['churn'] },
    });
    const [id] = Object.keys(of('dev').findResources('AWS::ApiGatewayV2::Authorizer'));
    const routes = props('dev', 'AWS::ApiGatewayV2::Route');
    expect(routes).toHaveLength(5);
    for (const route of routes) {
      expect(route).toMatchObject({
        AuthorizationType: 'JWT', AuthorizerId: { Ref: id }, AuthorizationScopes: ['churn/predict'],
      });
    }
  });
  test.each(REST)('by IAM, and an API key where there are plans (%s)', environment => {
    for (const { HttpMethod, AuthorizationType, ApiKeyRequired } of props(environment, 'AWS::ApiGateway::Method')) {
      expect([HttpMethod, AuthorizationType]).toEqual([expect.stringMatching(/GET|POST/), 'AWS_IAM']);
      expect(ApiKeyRequired).toBe(environment === 'prod');
    }
  });
  test('of the asynchronous kind, also the one that asks for an answer', () => {
    const of_ = (method: string) => props('documents', 'AWS::ApiGateway::Method')
      .filter(({ HttpMethod }) => HttpMethod === method).length;
    expect([of_('POST'), of_('GET')]).toEqual([1, 5]);
    expect(props('documents', 'AWS::ApiGateway::Resource').map(({ PathPart }) => PathPart)).toContain('{id}');
  });
});

describe('CORS', () => {
  test('is answered by an HTTP API itself, without a route of its own and without credentials', () => {
    const [{ CorsConfiguration: cors }] = props('dev', 'AWS::ApiGatewayV2::Api');
    expect(cors).toMatchObject({ AllowOrigins: ['https://app.example.org'], MaxAge: 3600 });
    expect(cors).not.toHaveProperty('AllowCredentials');
    expect(cors.AllowHeaders).toEqual(expect.arrayContaining(['Authorization', 'Content-Type', 'X-Api-Key']));
    expect(cors.AllowHeaders).not.toContain('*');
    expect(text(props('dev', 'AWS::ApiGatewayV2::Route'))).not.toContain('OPTIONS');
  });
  test('is off without the option', () => {
    expect(props('staging', 'AWS::ApiGatewayV2::Api')[0]).not.toHaveProperty('CorsConfiguration');
    expect(text(props('prod', 'AWS::ApiGateway::Method'))).not.toContain('OPTIONS');
  });
  test('of a REST API needs neither a signature nor a key for preflight, on every path', () => {
    const template = alone({
      type: ApiType.REST, cors: { allowOrigins: ['https://a.example.org', 'https://b.example.org'] },
      rest: { usagePlans: [{ name: 'billing' }] },
    });
    const methods = resources(template, 'AWS::ApiGateway::Method').map(r => r.Properties);
    const preflight = methods.filter(({ HttpMethod }) => HttpMethod === 'OPTIONS');
    expect(preflight).toHaveLength(5);
    for (const { AuthorizationType, ApiKeyRequired, Integration } of preflight) {
      expect([AuthorizationType, ApiKeyRequired ?? false, Integration.Type]).toEqual(['NONE', false, 'MOCK']);
      expect(text(Integration)).not.toContain('Allow-Credentials');
      expect(text(Integration)).toContain('https://b.example.org');
    }
  });
  test('of one origin also holds for what a REST API answers itself', () => {
    const responses = resources(alone({ type: ApiType.REST, cors: { allowOrigins: ['https://a.example.org'] } }),
      'AWS::ApiGateway::GatewayResponse').map(r => r.Properties.ResponseParameters);
    expect(responses.map(r => r['gatewayresponse.header.Access-Control-Allow-Origin'])).toEqual(
      responses.map(() => "'https://a.example.org'"));
  });
});

describe('a stage', () => {
  const throttling = { requestsPerSecond: 7, burst: 9 };
  test('is throttled as the options say', () => {
    const [http] = resources(alone({ throttling }), 'AWS::ApiGatewayV2::Stage').map(r => r.Properties);
    expect(http.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 });
    const [rest] = resources(alone({ type: ApiType.REST, throttling }), 'AWS::ApiGateway::Stage').map(r => r.Properties);
    expect(rest.MethodSettings).toEqual([expect.objectContaining({
      HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9, DataTraceEnabled: false,
    })]);
    const [byDefault] = props('staging', 'AWS::ApiGatewayV2::Stage');
    expect(byDefault.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 });
  });
  test.each([...HTTP, ...REST])('logs each request as JSON without body, query or token, under the key (%s)', environment => {
    const [stage] = [...props(environment, 'AWS::ApiGatewayV2::Stage'), ...props(environment, 'AWS::ApiGateway::Stage')];
    const { Format, DestinationArn } = stage.AccessLogSettings ?? stage.AccessLogSetting;
    const line = JSON.parse(Format) as { [name: string]: string };
    expect(line).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(Object.values(line).every(value => value.startsWith('$context.'))).toBe(true);
    expect(Format).not.toMatch(/authorizer\.principalId|requestOverride|querystring|protocol|apiKey\b/i);
    const [id] = /\w*Front\w*AccessLog\w*/.exec(text(DestinationArn))!;
    const log = of(environment).toJSON().Resources[id];
    expect(log.Properties.LogGroupName).toBe(`/aws/vendedlogs/apis/churn-main-${environment}-api`);
    expect(log.Properties).toHaveProperty('KmsKeyId');
    expect(log.DeletionPolicy).toBe('RetainExceptOnCreate');
  });
  test('of a REST API does not change how the whole account logs', () => {
    REST.forEach(environment => expect(props(environment, 'AWS::ApiGateway::Account')).toEqual([]));
  });
  test('is made anew when what a REST API answers changes', () => {
    const deployment = (api: Json) => Object.keys(
      alone({ type: ApiType.REST, ...api }).findResources('AWS::ApiGateway::Deployment'))[0];
    expect(deployment({ path: 'api' })).not.toBe(deployment({}));
    expect(deployment({ timeoutSeconds: 10 })).not.toBe(deployment({}));
    expect(deployment({})).toBe(deployment({}));
  });
});

describe('a REST API', () => {
  test.each([[ApiType.REST, 29, 28], [ApiType.REST, 1, 1], [ApiType.HTTP, 29, 29]])(
    'waits longer than its handler takes, as an HTTP API does (%s, %i s)', (type, timeoutSeconds, seconds) => {
      const settings = apiSettings({ type, timeoutSeconds }, EnvironmentType.DEV);
      expect(handlerSettings(settings, {
        kind: EndpointKind.REALTIME, metricNamespace: 'n', project: 'churn', group: 'main', environment: 'dev',
      })).toMatchObject({ timeoutSeconds: seconds });
      expect(settings.alarms.p99LatencyMilliseconds).toBe(seconds * 1000);
    });
  test('has a key and a limit for each group of callers, and a web ACL in front of its stage', () => {
    expect(props('prod', 'AWS::ApiGateway::UsagePlan')[0]).toMatchObject({
      UsagePlanName: 'churn-main-prod-api-billing', Throttle: { RateLimit: 10, BurstLimit: 20 },
      Quota: { Limit: 100000, Period: 'DAY' },
    });
    expect(props('prod', 'AWS::ApiGateway::ApiKey')[0]).toMatchObject({ Enabled: true });
    expect(props('prod', 'AWS::ApiGateway::ApiKey')[0]).not.toHaveProperty('Value');
    const [{ ResourceArn }] = props('prod', 'AWS::WAFv2::WebACLAssociation');
    expect(text(ResourceArn)).toContain('/stages/');
  });
  test('refuses a body that is no JSON object or list, before the handler is called', () => {
    const [post] = props('prod', 'AWS::ApiGateway::Method').filter(({ HttpMethod }) => HttpMethod === 'POST');
    expect(post.RequestModels).toHaveProperty('application/json');
    expect(props('prod', 'AWS::ApiGateway::RequestValidator')[0]).toMatchObject({ ValidateRequestBody: true });
    expect(props('prod', 'AWS::ApiGateway::Model')[0].Schema.type).toEqual(['object', 'array']);
  });
  test('answers its own refusals as problems that are JSON', () => {
    const answers = props('prod', 'AWS::ApiGateway::GatewayResponse');
    expect(answers.map(({ ResponseType }) => ResponseType).sort()).toEqual([
      'BAD_REQUEST_BODY', 'DEFAULT_4XX', 'DEFAULT_5XX', 'INTEGRATION_TIMEOUT', 'QUOTA_EXCEEDED', 'REQUEST_TOO_LARGE',
      'THROTTLED',
    ]);
    for (const { ResponseTemplates, ResponseParameters, StatusCode } of answers) {
      const written = (ResponseTemplates['application/json'] as string)
        .replace('$context.error.messageString', '"Forbidden"').replace('$context.requestId', 'some-id');
      const problem = JSON.parse(written) as object;
      expect(problem).toMatchObject({ type: 'about:blank', title: 'Forbidden', instance: 'some-id' });
      if (StatusCode) { expect(problem).toMatchObject({ status: Number(StatusCode) }); }
      expect(ResponseParameters['gatewayresponse.header.Content-Type']).toBe("'application/problem+json'");
    }
  });
  test('hands on binary bodies as they are, and text as text', () => {
    const [{ BinaryMediaTypes: types }] = props('prod', 'AWS::ApiGateway::RestApi');
    expect(types).toContain('application/octet-stream');
    expect(types).not.toContain('text/csv');
    expect(types).not.toContain('*/*');
  });
});

describe('a private API', () => {
  const policy = (authorization?: object) => resources(alone({
    type: ApiType.REST, rest: { privateVpcEndpointIds: ['vpce-0123456789abcdef0'] }, authorization,
  }), 'AWS::ApiGateway::RestApi')[0].Properties.Policy.Statement as Json[];
  test('is reached through the endpoints of the options only', () => {
    const [{ EndpointConfiguration, Policy }] = props('documents', 'AWS::ApiGateway::RestApi');
    expect(EndpointConfiguration).toEqual({ Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0123456789abcdef0'] });
    expect(Policy.Statement).toEqual([expect.objectContaining({
      Effect: 'Deny', Action: 'execute-api:Invoke', Principal: { AWS: '*' },
      Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0123456789abcdef0'] } },
    })]);
  });
  test('allows nothing by itself where requests are signed: the callers\' own rights decide', () => {
    expect(policy().map(({ Effect }) => Effect)).toEqual(['Deny']);
  });
  test('without authorisation allows everybody behind these endpoints', () => {
    const statements = policy({ type: ApiAuthorization.NONE });
    expect(statements.map(({ Effect }) => Effect)).toEqual(['Deny', 'Allow']);
    expect(statements[1].Condition).toEqual({ StringEquals: { 'aws:SourceVpce': ['vpce-0123456789abcdef0'] } });
  });
});

describe('an address of one\'s own', () => {
  const domain = {
    name: 'mine.example.org', hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef',
  };
  test.each([
    [ApiType.HTTP, 'AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::Api'],
    [ApiType.REST, 'AWS::ApiGateway::DomainName', 'AWS::ApiGateway::RestApi'],
  ])('of a %s API is the only one, speaks TLS 1.2 and gets a record', (type, name, api) => {
    const template = alone({ type, domain });
    const [made] = resources(template, name).map(r => r.Properties);
    expect(made.DomainName).toBe('mine.example.org');
    expect(text(made)).toContain('"TLS_1_2"');
    expect(resources(template, api)[0].Properties.DisableExecuteApiEndpoint).toBe(true);
    const [record] = resources(template, 'AWS::Route53::RecordSet').map(r => r.Properties);
    expect(record).toMatchObject({ Name: 'mine.example.org', Type: 'A', HostedZoneId: domain.hostedZoneId });
    const without = { ...domain, hostedZoneId: undefined };
    expect(resources(alone({ type, domain: without }), 'AWS::Route53::RecordSet')).toEqual([]);
  });
  test('is told as the API\'s address; without one it is API Gateway\'s', () => {
    const address = (environment: string) => text(Object.entries(of(environment).toJSON().Outputs as Json)
      .find(([name]) => name.includes('ApiAddress'))![1]);
    expect(address('prod')).toContain('https://churn.example.org');
    expect(address('staging')).toContain('ApiEndpoint');
    expect(address('documents')).toMatch(/-vpce-0123456789abcdef0\.execute-api/);
  });
});
