import { checkProject } from '../../src/options/check-project';
import { OptionError } from '../../src/options/engine/option-error';
import { LACKING, REGION_DATA_DATE } from '../../src/options/knowledge/region-services';
import { canDeliverTo, partitionOf } from '../../src/options/knowledge/regions';
import { checkDelivery } from '../../src/plan/check';

const connectionArn = 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000';
const github = { source: { type: 'github', repository: 'team/churn', connectionArn } };
const endpoint = { smokeTest: { body: '1' } };
const at = (region: string, more: object = {}): object => ({
  name: 'churn', tooling: { account: '111111111111', region }, ...more,
});
const message = (region: string, more: object = {}): string => new OptionError(checkProject(at(region, more))).message;
const to = (build: string | undefined, deploy: string | undefined): object => ({
  deploymentGroups: [{
    name: 'main', buildEnvironment: { region: build }, deployEnvironments: [{ name: 'a', region: deploy }],
  }],
});

test.each([
  ['eu-central-2', {}, 'CodeCommit'], ['eu-south-2', {}, 'CodeCommit'], ['eu-central-2', github, 'CodeConnections'],
  ['ca-west-1', {}, 'CodeBuild and CodeCommit'], ['ca-west-1', github, 'CodeBuild and CodeConnections'],
  ['il-central-1', github, 'CodeConnections'],
  ['us-gov-east-1', {}, 'SageMaker\'s model package groups in CloudFormation and SageMaker\'s models and endpoints in '
    + 'CloudFormation'],
  ['mx-central-1', {}, 'CodeBuild and CodeCommit'],
  ['mx-central-1', {}, 'CodeBuild and SageMaker\'s images of the framework'],
])('pipelines in %s with %j are told that there is no %s', (region, more, lacks) => {
  const text = message(region, more);
  expect(text).toContain(`"${region}" is not valid; allowed: a region with ${lacks}, which ${region} does not have (as `
    + `of ${REGION_DATA_DATE}).`);
  expect(text).not.toContain('Did you mean');
});

test('the regions that are offered have what was missed', () => {
  const [, offered] = /Choose one of ([^.]*)\./.exec(message('eu-central-2'))!;
  const regions = offered.split(', ');
  expect(regions).toContain('eu-west-1');
  for (const region of regions) { expect(checkProject(at(region))).toEqual([]); }
});

test('a repository can be made by hand where CloudFormation cannot', () => {
  expect(message('il-central-1')).toContain('Or create the repository manually and set source.create to false.');
  expect(checkProject(at('il-central-1', { source: { repository: 'churn', create: false } }))).toEqual([]);
  expect(checkProject(at('il-central-1', {
    source: { repository: 'churn', create: false }, infrastructure: { source: { repository: 'other' } },
  })).map(p => p.fix).join()).toContain('infrastructure.source.create');
});

test('only where pipelines run there must be pipelines, only where is served endpoints, only where either is a '
  + 'registry', () => {
  const paths = (build: string | undefined, deploy: string | undefined, tooling = 'eu-west-1'): string[] =>
    checkProject(at(tooling, to(build, deploy))).map(p => p.path);
  const [own, served] = ['buildEnvironment', 'deployEnvironments[0]'].map(e => `deploymentGroups[0].${e}.region`);
  expect(paths('eu-central-2', 'ca-west-1')).toEqual([]);
  // What is registered is sealed by CodeBuild.
  expect(paths('ca-west-1', 'eu-central-2')).toEqual([own]);
  expect(paths('me-central-1', 'eu-west-1')).toEqual([]);
  expect(paths('me-central-1', undefined)).toEqual([own]);
  expect(paths('eu-west-1', 'me-central-1')).toEqual([served]);
  expect(paths('ap-south-2', 'eu-west-1')).toEqual([own]);
  expect(paths('eu-west-1', 'ap-south-2')).toEqual([served]);
  expect(paths(undefined, undefined, 'me-central-1')).toEqual(['tooling.region', 'tooling.region']);
});

test('a delivery whose constructs are used alone is told the same, but for images, which may be its own', () => {
  const told = (region: string): string[] => checkDelivery({ ...at(region), endpoint }).map(p => p.allowed);
  expect(told('ca-west-1').join()).toContain('CodeBuild');
  expect(told('us-gov-east-1').join()).toContain('endpoints');
  expect(told('ap-southeast-5').join()).not.toContain('images');
  expect(told('ap-southeast-9')).toEqual([]);
});

test('a region that is not there is answered with the nearest one', () => {
  expect(message('eu-wset-1')).toContain('Did you mean "eu-west-1"?');
  expect(message('mx-central-2')).toContain('allowed: a region with SageMaker\'s images of the framework');
});

test('in every partition that pipelines can be in at all, some region has everything', () => {
  const left = Object.keys(LACKING).filter(region => canDeliverTo(region) && checkProject(at(region)).length === 0);
  expect([...new Set(left.map(partitionOf))].sort()).toEqual(['aws', 'aws-us-gov']);
  expect(left.length).toBeGreaterThan(18);
});
