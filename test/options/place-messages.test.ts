import { FULL } from './full-options';
import { checkProject } from '../../src/options/check-project';
import { OptionError } from '../../src/options/engine/option-error';
import { checkDelivery } from '../../src/plan/check';

const HERE = { account: '111111111111', region: 'eu-west-1' };
const message = (more: object): string => new OptionError(checkProject({ name: 'churn', ...more })).message;
const to = (...deployEnvironments: object[]): object => ({ deploymentGroups: [{ name: 'main', deployEnvironments }] });

test('where the pipelines run must be said once anything else is, with the option that asks for it', () => {
  expect(message(to({ name: 'a' }, { name: 'b', account: '222222222222' }))).toBe(
    'option tooling.account: a value is required; allowed: the account in which the pipelines run, because '
      + 'deploymentGroups[0].deployEnvironments[1].account is '
    + '"222222222222". Set tooling.account. Environments with no account of their own use it too.');
});

test('regions of China are refused with the reason, and offered to nobody', () => {
  expect(message({ tooling: { region: 'cn-north-1' } })).toBe(
    'option tooling.region: "cn-north-1" is not valid; allowed: a region outside China. CodePipeline cannot deploy '
      + 'CloudFormation stacks in China: choose another region. Only a promotion works there '
      + '(infra.ModelPackagePromotePipeline).');
  expect(message({ tooling: { region: 'cn-north-2' } })).not.toMatch(/cn-north-1|cn-northwest-1/);
  expect(message({ tooling: { region: 'ap-southeast-9' } })).not.toContain('cn-');
  expect(checkDelivery({
    name: 'churn', endpoint: { smokeTest: { body: '1' } }, tooling: { region: 'cn-north-1' },
  }).map(p => p.path)).toEqual(['tooling.region']);
});

test('a network of another account is answered with what a VPC belongs to and what can be shared', () => {
  const text = message({
    tooling: HERE, network: FULL.network, ...to({ name: 'a', account: '222222222222', region: 'eu-west-2' }),
  });
  expect(text).toContain('deploymentGroups[0].deployEnvironments[0].network: a value is required; allowed: the VPC, '
    + 'subnets and security groups of account 222222222222, region eu-west-2.');
  expect(text).toContain('a VPC belongs to one account and region');
  expect(text).toContain('AWS RAM');
});

test('a key of the project that fits one region alone is said once for each other region, with the environment that '
  + 'can have its own', () => {
  const kmsKeyArn = 'arn:aws:kms:eu-west-1:999999999999:key/0a';
  const elsewhere = [{ name: 'b', region: 'eu-west-2' }, { name: 'c', region: 'eu-west-2' }, {
    name: 'd', region: 'eu-west-3',
  }];
  const problems = checkProject({
    name: 'churn', tooling: HERE, endpoint: { kmsKeyArn }, ...to({ name: 'a' }, ...elsewhere),
  });
  expect(problems.map(p =>
    p.allowed)).toEqual(['a key in eu-west-2, where endpoints are', 'a key in eu-west-3, where endpoints are']);
  expect(problems[0].fix).toContain('deploymentGroups[0].deployEnvironments[1] an endpoint.kmsKeyArn of its own');
});

test('too many stages and too many actions say how many there are and what may be', () => {
  const many = (count: number, parallelWithPrevious: boolean): object => to(...Array.from({ length: count }, (_, i) =>
    ({ name: `e${i}`, parallelWithPrevious: parallelWithPrevious && i > 0 })));
  expect(message(many(60, false))).toContain(
    '60 environments in sequence is not valid; allowed: at most 47, because a pipeline has at most 50 stages',
  );
  expect(message(many(9, true))).toContain('9 environments at the same time is not valid; allowed: at most 8, because '
    + 'a stage of a pipeline has at most 50 actions');
});

test.each([['docker.io', 'ECR names Docker Hub "registry-1.docker.io".'],
  ['registry.gitlab.con', 'Did you mean "registry.gitlab.com"?'], ['gcr.io', 'Did you mean "ghcr.io"?'],
  ['example.org', 'Push images of other registries instead.'], ['111111111111.dkr.ecr.eu-west-1.amazonaws.com', 'by '
    + 'their own address']])('the registry %s is answered: %s', (upstreamRegistryUrl, fix) => {
  expect(message({ containerRepositories: [{ name: 'cached', pullThroughCache: { upstreamRegistryUrl } }] })).toContain(
    fix,
  );
});

test('one repository with two answers names it', () => {
  expect(message({ source: { create: false }, infrastructure: { source: { repository: 'churn' } } })).toContain(
    'false as for source, because both name the repository churn',
  );
});
