import Ajv2020 from 'ajv/dist/2020';
import { deliverySchema } from '../../src/options/schemas/delivery-schema';
import { checkDelivery } from '../../src/plan/check';
import { normaliseDelivery } from '../../src/plan/normalise';
import { policySize } from '../../src/plan/roles/policy-size';
import { DELIVERIES } from '../../testing/deliveries/deliveries';

const base = DELIVERIES.default;
const paths = (options: unknown) => checkDelivery(options).map(p => p.path);
const validate = new Ajv2020({ strict: false }).compile(deliverySchema as object);

describe.each(Object.entries(DELIVERIES))('the delivery "%s"', (_, delivery) => {
  test('is valid as it is and with its defaults filled in', () => {
    expect(checkDelivery(delivery)).toEqual([]);
    expect(checkDelivery(normaliseDelivery(delivery))).toEqual([]);
  });
  test('does not change when it is normalised again', () => {
    const once = normaliseDelivery(delivery);
    expect(normaliseDelivery(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
  test('fits the schema that is written beside it', () => {
    expect(validate({ $schema: './delivery.schema.json', ...normaliseDelivery(delivery) })).toBe(true);
  });
});

test('the defaults are those of the documentation', () => {
  expect(normaliseDelivery(base)).toMatchSnapshot();
});

test('a group without deploy environments deploys to its build environment', () => {
  const delivery = normaliseDelivery({
    ...base, deploymentGroups: [{ name: 'dev', buildEnvironment: { name: 'lab' } }],
  });
  expect(delivery.deploymentGroups[0].deployEnvironments.map(e => e.name)).toEqual(['lab']);
});

test.each([
  ['a struct given as text', { ...base, deploymentGroups: 'dev' }, ['deploymentGroups']],
  ['an unknown option', { ...base, deploymentGroup: [] }, ['deploymentGroup']],
  ['no smoke test', { name: 'x', endpoint: {} }, ['endpoint.smokeTest']],
  ['a wrong account', { ...base, tooling: { account: '12345' } }, ['tooling.account']],
  ['an account as a number', { ...base, tooling: { account: 123456789012 } }, ['tooling.account']],
  [
    'an unknown type',
    { ...base, deploymentGroups: [{ name: 'g', deployEnvironments: [{ name: 'e', type: 'production' }] }] },
    ['deploymentGroups[0].deployEnvironments[0].type'],
  ],
  ['a negative count', { ...base, endpoint: { ...base.endpoint, instanceCount: -1 } }, ['endpoint.instanceCount']],
  ['no instance type', { ...base, endpoint: { ...base.endpoint, instanceType: 'm5.large' } }, [
    'endpoint.instanceType',
  ]],
  ['an unknown kind of endpoint', { ...base, endpoint: { ...base.endpoint, kind: 'shadow' } }, ['endpoint.kind']],
  ['a group twice', { ...base, deploymentGroups: [{ name: 'a' }, { name: 'a' }] }, ['deploymentGroups[1].name']],
  [
    'an environment twice',
    { ...base, deploymentGroups: [{ name: 'a', deployEnvironments: [{ name: 'e' }, { name: 'e' }] }] },
    ['deploymentGroups[0].deployEnvironments[1].name'],
  ],
  ['GitHub without connection and owner', { ...base, source: { type: 'github', repository: 'churn' } }, [
    'source.repository', 'source.connectionArn',
  ]],
  [
    'CodeCommit with a connection',
    { ...base, source: { connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0a' } },
    ['source.connectionArn'],
  ],
  ['a repository name with a slash', { ...base, source: { repository: 'team/churn' } }, ['source.repository']],
  [
    'an account without the tooling\'s',
    { ...base, deploymentGroups: [{ name: 'a', deployEnvironments: [{ name: 'e', account: '222222222222' }] }] },
    ['tooling.account'],
  ],
  [
    'a region without the tooling\'s',
    { ...base, deploymentGroups: [{ name: 'a', buildEnvironment: { region: 'us-east-1' } }] }, ['tooling.region'],
  ],
  ['a list as parameter', { ...base, deploymentGroups: [{ name: 'a', parameters: { x: [1] } }] }, [
    'deploymentGroups[0].parameters.x',
  ]],
  ['a path that leaves the repository', { ...base, infrastructure: { files: ['../secret'] } }, [
    'infrastructure.files[0]',
  ]],
])('%s is named', (_, options, expected) => {
  expect(paths(options)).toEqual(expected);
  checkDelivery(options).forEach(p => { expect(p.allowed).not.toBe(''); expect(p.fix).not.toBe(''); });
});

test('a project name with a scope gives a repository name that CodeCommit takes', () => {
  expect(normaliseDelivery({ ...base, name: '@team/churn' }).source.repository).toBe('team-churn');
});

test('an unknown type suggests the nearest one', () => {
  const [problem] = checkDelivery({ ...base, deploymentGroups: [{ name: 'g', buildEnvironment: { type: 'prd' } }] });
  expect(problem.fix).toContain('"prod"');
});

test('a role that would be refused by IAM is refused here, in numbers', () => {
  const accounts = Array.from({ length: 60 }, (_, i) => ({
    name: `g${i}`, buildEnvironment: { account: `2222222222${10 + i}` },
  }));
  const [problem, ...more] = checkDelivery({
    ...base, tooling: { account: '111111111111', region: 'eu-west-1' }, deploymentGroups: accounts,
  });
  expect(more).toEqual([]);
  expect(problem.value).toMatch(/^a policy of 1\d{4} characters for the role churn-infrastructuredeployerdev$/);
  expect(problem.fix).toContain('infrastructure.pipeline: false');
});

test('what a policy would have at most is what it has when everything is known, and more otherwise', () => {
  const grant = {
    sid: 'A', actions: ['s3:GetObject'], resources: ['arn:{partition}:s3:::b/*'], why: 'x', wildcard: 'y',
    conditions: { StringEquals: { a: 'b c' } },
  };
  const known = { ...grant, resources: ['arn:aws:s3:::b/*'] };
  expect(policySize([known])).toBe(
    ('{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject"],'
      + '"Resource":["arn:aws:s3:::b/*"],"Condition":{"StringEquals":{"a":"bc"}}}]}').length,
  );
  expect(policySize([grant])).toBe(policySize([known]) + 'aws-us-gov'.length - 'aws'.length);
});

test('the approval of infrastructure changes cannot be switched off with an environment of type prod', () => {
  const problems = (options: object) => checkDelivery({ ...base, ...options });
  const off = { infrastructure: { diffApproval: false } };
  const group = (type?: string) => ({
    deploymentGroups: [{ name: 'main', deployEnvironments: [{ name: 'e', type }] }],
  });
  expect(problems({ ...off, ...group('prod') })).toMatchObject([{
    path: 'infrastructure.diffApproval', value: 'false', allowed: expect.stringMatching(/^true, because .*"prod"/),
  }]);
  // The environments of a delivery that names none have one.
  expect(problems(off)).toMatchObject([{ path: 'infrastructure.diffApproval' }]);
  expect([problems({ ...off, ...group('preprod') }), problems({ ...off, ...group() })]).toEqual([[], []]);
  const filledIn = (options: object) => normaliseDelivery({ ...base, ...options }).infrastructure.diffApproval;
  expect([filledIn({}), filledIn(group('prod')), filledIn(group('dev'))]).toEqual([true, true, false]);
});
