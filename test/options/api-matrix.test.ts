import { type ApiOptions, ApiRelease, ApiType } from '../../src/options/api';
import { ApiAuthorization, type ApiAuthorizationOptions } from '../../src/options/api-authorization';
import type { ApiRestOptions } from '../../src/options/api-rest';
import { type ApiShiftOptions, ApiShiftStrategy } from '../../src/options/api-shift';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind, type EndpointOptions, type EndpointOverrideOptions } from '../../src/options/endpoint';
import { API_MATRIX } from '../../src/options/knowledge/api-matrix';
import { apiShift, shiftMinutes } from '../../src/options/knowledge/api-shift-steps';
import { refusals } from '../../src/options/knowledge/endpoint-matrix';
import type { EndpointShape } from '../../src/options/knowledge/endpoint-shape';
import { apiSettings } from '../../src/plan/api/settings';
import { checkDelivery } from '../../src/plan/check';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';

const { REALTIME, SERVERLESS, ASYNCHRONOUS, BATCH } = EndpointKind;
const { PER_RELEASE, IN_PLACE } = ApiRelease;
const { IAM, JWT, NONE } = ApiAuthorization;
const { ALL_AT_ONCE, CANARY, LINEAR } = ApiShiftStrategy;
const { DEV, PREPROD, PROD } = EnvironmentType;

const CERTIFICATE = 'arn:aws:acm:eu-west-1:111111111111:certificate/01234567-89ab-cdef-0123-456789abcdef';
const WEB_ACL = 'arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/apis/01234567-89ab-cdef-0123-456789abcdef';
const VPCE = 'vpce-0123456789abcdef0';
const TOKENS = { issuer: 'https://login.example.org', audience: ['churn'] };

const AUTHORIZATIONS: ReadonlyArray<ApiAuthorizationOptions | undefined> = [
  undefined, { type: IAM }, { type: IAM, ...TOKENS }, { type: JWT }, { type: JWT, ...TOKENS },
  { type: JWT, ...TOKENS, scopes: ['churn/predict'] }, { type: NONE }, { type: NONE, scopes: ['x'] },
];
const RESTS: ReadonlyArray<ApiRestOptions | undefined> = [
  undefined, {}, { webAclArn: WEB_ACL }, { privateVpcEndpointIds: [VPCE] }, { usagePlans: [{ name: 'one' }] },
  { usagePlans: [{ name: 'one' }, { name: 'one', burst: 1 }] },
];
const SHIFTS: ReadonlyArray<ApiShiftOptions | undefined> = [
  undefined, {}, { strategy: ALL_AT_ONCE }, { strategy: ALL_AT_ONCE, percent: 10 }, { strategy: ALL_AT_ONCE, minutes: 5 },
  { strategy: CANARY, percent: 99, minutes: 60 }, { strategy: LINEAR }, { strategy: LINEAR, percent: 1, minutes: 5 },
];

/** Every combination of kind, release, type, authorisation, what only REST has, shift, domain, time and deployment. */
const SHAPES: EndpointShape[] = Object.values(EndpointKind).flatMap(kind =>
  [IN_PLACE, PER_RELEASE].flatMap(release => Object.values(ApiType).flatMap(type =>
    AUTHORIZATIONS.flatMap(authorization => RESTS.flatMap(rest => SHIFTS.flatMap(shift => [
      {}, { domain: { name: 'churn.example.org', certificateArn: CERTIFICATE } }, { timeoutSeconds: 30 },
    ].flatMap(more => [undefined, {}].map(deployment => ({
      kind, instanceType: 'ml.m5.large', instanceCount: 2, deployment,
      api: { type, release, authorization, rest, shift, ...more },
    })))))))));

/** What the documents say of an API, read anew from its options. */
function wrong({ kind, api, deployment }: EndpointShape): boolean {
  const { type = ApiType.HTTP, release, authorization = {}, rest, shift, domain, timeoutSeconds = 29 } = api!;
  const { type: asks = IAM, issuer, audience, scopes } = authorization;
  const names = (rest?.usagePlans ?? []).map(({ name }) => name);
  const isPrivate = (rest?.privateVpcEndpointIds ?? []).length > 0;
  const isStepped = shift?.percent !== undefined || shift?.minutes !== undefined;
  const taken = shift?.strategy === LINEAR ? (Math.ceil(100 / (shift.percent ?? 10)) - 1) * (shift.minutes ?? 1) : 0;
  return kind === BATCH || (kind === ASYNCHRONOUS && release === PER_RELEASE)
    || (kind === SERVERLESS && deployment !== undefined) || (release === PER_RELEASE && deployment !== undefined)
    || (type === ApiType.HTTP && (rest !== undefined || timeoutSeconds > 29)) || (type === ApiType.REST && asks === JWT)
    || (asks === JWT ? !issuer || !audience : [issuer, audience, scopes].some(value => value !== undefined))
    || (asks === NONE && !isPrivate && names.length === 0) || (isPrivate && domain !== undefined)
    || (shift?.strategy === ALL_AT_ONCE && isStepped) || taken > 360 || new Set(names).size < names.length;
}

describe('kinds, releases, types, authorisation and shifts', () => {
  test('every refusal of the table is met, and each names a reason, a remedy and a source', () => {
    const met = new Set(SHAPES.flatMap(shape => API_MATRIX.filter(({ refuses }) => refuses(shape))));
    for (const refusal of API_MATRIX) {
      expect([refusal.option, met.has(refusal)]).toEqual([refusal.option, true]);
      expect([refusal.source.length > 20, refusal.fix.length > 6]).toEqual([true, true]);
    }
  });
  test('what is refused is what the documents refuse, and nothing else', () => {
    expect(SHAPES.length).toBeGreaterThan(15_000);
    const differ = SHAPES.filter(shape => (refusals(shape).length > 0) !== wrong(shape));
    expect(differ.slice(0, 3)).toEqual([]);
  });
  test('every kind with an endpoint has much that is possible in each way', () => {
    const possible = SHAPES.filter(shape => !wrong(shape));
    for (const [kind, release] of [
      [REALTIME, IN_PLACE], [REALTIME, PER_RELEASE], [SERVERLESS, IN_PLACE], [SERVERLESS, PER_RELEASE],
      [ASYNCHRONOUS, IN_PLACE],
    ]) {
      for (const type of Object.values(ApiType)) {
        const found = possible.filter(s => s.kind === kind && s.api?.release === release && s.api.type === type);
        expect([kind, release, type, found.length > 10]).toEqual([kind, release, type, true]);
      }
    }
  });
});

describe('a shift', () => {
  const of = (type: EnvironmentType, api: ApiOptions = {}) => apiShift(api, type);
  test('is all at once, but 10 % for 5 minutes in production with an endpoint for each release', () => {
    const atOnce = { strategy: ALL_AT_ONCE, percent: 100, minutes: 0 };
    expect([of(DEV), of(PROD), of(PREPROD, { release: PER_RELEASE })]).toEqual([atOnce, atOnce, atOnce]);
    expect(of(PROD, { release: PER_RELEASE })).toEqual({ strategy: CANARY, percent: 10, minutes: 5 });
    expect(of(DEV, { shift: { strategy: LINEAR } })).toEqual({ strategy: LINEAR, percent: 10, minutes: 1 });
  });
  test.each<[ApiShiftOptions, number]>([
    [{ strategy: ALL_AT_ONCE }, 0], [{}, 5], [{ minutes: 60, percent: 99 }, 60],
    // The last step is smaller: 30, 60, 90, 100.
    [{ strategy: LINEAR, percent: 30, minutes: 2 }, 6], [{ strategy: LINEAR, percent: 50 }, 1],
    [{ strategy: LINEAR, percent: 99 }, 1], [{ strategy: LINEAR, percent: 1 }, 99],
  ])('%j takes %i minutes', (shift, minutes) => {
    expect(shiftMinutes(of(DEV, { shift }))).toBe(minutes);
  });
  test('what was live stays for ten minutes in production', () => {
    expect([apiSettings({}, PROD).bakeSeconds, apiSettings({}, DEV).bakeSeconds]).toEqual([600, 0]);
    expect(apiSettings({ bakeSeconds: 0, timeoutSeconds: 5 }, PROD)).toMatchObject({
      bakeSeconds: 0, alarms: { serverErrorPercent: 1, p99LatencyMilliseconds: 5000 },
    });
  });
});

const ENVIRONMENTS = 'deploymentGroups[0].deployEnvironments';
const OWN = `${ENVIRONMENTS}[0].endpoint`;
const delivery = (
  project: Partial<EndpointOptions>, own: EndpointOverrideOptions, more: EndpointOverrideOptions[] = [],
): DeliveryOptions => ({
  name: 'churn', tooling: { account: '111111111111', region: 'eu-west-1' },
  endpoint: { smokeTest: { body: '1' }, ...project },
  deploymentGroups: [{
    name: 'main', deployEnvironments: [own, ...more].map((endpoint, i) => ({ name: `prod${i}`, type: PROD, endpoint })),
  }],
});
const said = (
  project: Partial<EndpointOptions>, own: EndpointOverrideOptions = {}, more: EndpointOverrideOptions[] = [],
) => checkDelivery(delivery(project, own, more)).map(({ path, value, allowed }) => [path, value, allowed]);

const REST = ApiType.REST;
type Case = readonly [
  about: string, path: string, allowed: string, project: Partial<EndpointOptions>, own?: EndpointOverrideOptions,
];
const one = (api: ApiOptions): Partial<EndpointOptions> => ({ api });
const CASES: readonly Case[] = [
  ['batches', 'endpoint.api', 'no endpoint to be in front of', { kind: BATCH, api: {} }],
  ['batches of one environment', `${OWN}.api`, 'no endpoint to be in front of', {}, { kind: BATCH, api: {} }],
  ['a queue of each release', 'endpoint.api.release', 'queue of one', { kind: ASYNCHRONOUS, api: { release: PER_RELEASE } }],
  [
    'one environment\'s queue of each release', 'endpoint.api.release', 'queue of one',
    one({ release: PER_RELEASE }), { kind: ASYNCHRONOUS },
  ],
  ['guardrails of what is never updated', 'endpoint.deployment', 'never updated', {
    deployment: {}, api: { release: PER_RELEASE },
  }],
  [
    'one environment\'s guardrails', `${OWN}.deployment`, 'never updated', one({ release: PER_RELEASE }),
    { deployment: {} },
  ],
  ['REST options of an HTTP API', 'endpoint.api.rest', 'nothing for the type', one({ rest: {} })],
  ['tokens for REST', 'endpoint.api.authorization.type', 'checks no tokens', one({
    type: REST, authorization: { type: JWT, ...TOKENS },
  })],
  ['tokens of nobody', 'endpoint.api.authorization', 'issuer and an audience', one({ authorization: { type: JWT } })],
  ['tokens that nobody looks at', 'endpoint.api.authorization.issuer', 'nothing with "iam"', one({
    authorization: { issuer: TOKENS.issuer },
  })],
  ['everybody', 'endpoint.api.authorization.type', '"iam" or "jwt"', one({ authorization: { type: NONE } })],
  ['30 seconds of an HTTP API', 'endpoint.api.timeoutSeconds', '1 to 29', one({ timeoutSeconds: 30 })],
  ['more than a request of SageMaker takes', 'endpoint.api.timeoutSeconds', 'at most 60', one({
    type: REST, timeoutSeconds: 61,
  })],
  ['a domain of a private API', 'endpoint.api.domain', 'private API', one({
    type: REST, rest: { privateVpcEndpointIds: [VPCE] }, domain: { name: 'a.example.org', certificateArn: CERTIFICATE },
  })],
  ['a shift of six hours and more', 'endpoint.api.shift.minutes', 'these take 495', one({
    shift: { strategy: LINEAR, percent: 1, minutes: 5 },
  })],
  ['two plans of one name', 'endpoint.api.rest.usagePlans', 'names that differ', one({
    type: REST, rest: { usagePlans: [{ name: 'a' }, { name: 'a' }] },
  })],
  ['a path that is taken', 'endpoint.api.path', 'not schema, health', one({ path: 'health' })],
  ['a path with a slash', 'endpoint.api.path', 'lower-case letters', one({ path: '/api' })],
  ['an origin with a path', 'endpoint.api.cors.allowOrigins[0]', 'an origin such as', one({
    cors: { allowOrigins: ['https://app.example.org/'] },
  })],
  ['a certificate elsewhere', 'endpoint.api.domain.certificateArn', 'a certificate in eu-west-1', one({
    domain: { name: 'a.example.org', certificateArn: CERTIFICATE.replace('eu-west-1', 'us-east-1') },
  })],
  ['a web ACL of another account', 'endpoint.api.rest.webAclArn', 'in the account 111111111111', one({
    type: REST, rest: { webAclArn: WEB_ACL.replace('111111111111', '222222222222') },
  })],
  ['a web ACL of CloudFront', 'endpoint.api.rest.webAclArn', 'a regional web ACL', one({
    type: REST, rest: { webAclArn: WEB_ACL.replace('regional', 'global') },
  })],
  ['a layer elsewhere', `${OWN}.api.tracingLayerArn`, 'a layer in eu-west-1', {}, one({
    tracingLayerArn: 'arn:aws:lambda:us-east-1:615299751070:layer:AWSOpenTelemetryDistroPython:20',
  })],
];

describe('in a delivery', () => {
  test.each(CASES.map(row => [row[0], row] as const))('%s', (...[, [, path, allowed, project, own]]) => {
    const found = said(project, own);
    expect(found.map(([at]) => at)).toEqual([path]);
    expect(found[0][2]).toContain(allowed);
  });
  test('two environments do not share a domain', () => {
    const domain = { name: 'churn.example.org', certificateArn: CERTIFICATE };
    expect(said(one({ domain }), {}, [one({})])).toEqual([]);
    expect(said(one({ domain }), {}, [{ kind: BATCH }])).toEqual([]);
    expect(said(one({ domain }), one({}), [{}])).toEqual([]);
    expect(said(one({ domain }), {}, [{}])).toEqual([
      ['endpoint.api.domain.name', '"churn.example.org"', expect.stringContaining(`${ENVIRONMENTS}[0] has`)],
    ]);
    expect(said({}, one({ domain }), [one({ domain: { ...domain } })])[0][0])
      .toBe(`${ENVIRONMENTS}[1].endpoint.api.domain.name`);
  });

  const environment = (project: Partial<EndpointOptions>, own: EndpointOverrideOptions = {}) => (
    planDelivery(normaliseDelivery(delivery(project, own))).groups[0].environments[0]);
  test('an environment has the project\'s API, or one of its own as a whole', () => {
    const project = one({ path: 'api', cors: { allowOrigins: ['*'] } });
    expect(environment(project).api?.settings).toMatchObject({ path: 'api', cors: { allowOrigins: ['*'] } });
    const own = environment(project, one({ memorySizeInMB: 1024 })).api?.settings;
    expect([own?.path, own?.cors, own?.memorySizeInMB]).toEqual(['predict', undefined, 1024]);
    expect(environment({}).api).toBeUndefined();
  });
  test('another kind keeps the API, except "batch"', () => {
    expect(environment(one({}), { kind: SERVERLESS }).api).toBeDefined();
    expect(environment(one({}), { kind: ASYNCHRONOUS }).api).toBeDefined();
    expect(environment(one({}), { kind: BATCH }).api).toBeUndefined();
    expect(environment({ kind: BATCH }, { kind: REALTIME, api: {} }).api).toBeDefined();
  });
  test('who has an endpoint for each release has no guardrails, whatever the project says', () => {
    const project = { instanceCount: 2, deployment: {} };
    expect(said(project, one({ release: PER_RELEASE }))).toEqual([]);
    expect(environment(project, one({ release: PER_RELEASE })).endpoint.deployment).toBeUndefined();
    expect(environment({ instanceCount: 2 }, one({})).endpoint.deployment).toBeDefined();
  });
  test('names leave room for what each release appends', () => {
    const long = (api?: ApiOptions) => planDelivery(normaliseDelivery({
      ...delivery({ api }, {}), name: '@forecasting/customer-lifetime-value-for-the-subscription-business',
    })).groups[0].environments[0].endpointName;
    expect(long().length).toBe(63);
    expect(long({ release: PER_RELEASE }).length).toBeLessThanOrEqual(53);
  });
});
