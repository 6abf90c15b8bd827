import { checkProject } from '../../src/options/check-project';
import { OptionError } from '../../src/options/engine/option-error';
import { fieldPath, pathParts, valueAt } from '../../src/options/engine/option-path';
import { checkDelivery } from '../../src/plan/check';

const paths = (options: object): string[] => checkProject(options).map(p => p.path);

test('problems of every kind and struct are found in one go, in the order of the options', () => {
  expect(paths({
    extra: 1,
    deploymentGroups: [{ name: 'a', deployEnvironments: [{ name: 'x', type: 'prd' }] }, { name: 'a' }, {
      name: 'b..c', parameters: { InputDataURL: 's3://b-1/c' },
    }],
    endpoint: { instanceCount: 0 },
    tooling: { region: 'eu-wset-1' },
    qualityGate: { threshold: 85 },
    training: { seed: -1, maxWaitSeconds: 5 },
    framework: 'xgbost',
    name: 'Bad Name',
    tags: { 'aws:x': 'y' },
    upgrade: { schedule: 'hourly' },
    gitOptions: { endOfLine: 'cr' },
  })).toEqual([
    'name', 'framework', 'training.seed', 'training.maxWaitSeconds', 'qualityGate.threshold', 'endpoint.instanceCount',
    'tooling.region',
    'deploymentGroups[0].deployEnvironments[0].type', 'deploymentGroups[1].name', 'deploymentGroups[2].sourceBranch',
    'deploymentGroups[2].parameters.InputDataURL',
    'tags.aws:x', 'upgrade.schedule', 'gitOptions.endOfLine', 'extra',
  ]);
});

test('the same holds for a delivery', () => {
  expect(checkDelivery({
    name: 'x', endpoint: { smokeTest: { body: 1 } }, source: { type: 'github' },
    deploymentGroups: [{ name: 'a' }, { name: 'a', sourceBranch: 7 }], network: {},
  }).map(p => p.path)).toEqual([
    'endpoint.smokeTest.body',
    'source.repository', 'source.connectionArn', 'deploymentGroups[1].name', 'deploymentGroups[1].sourceBranch',
    'network.vpcId', 'network.subnetIds', 'network.securityGroupIds',
  ]);
});

test('what is wrong by itself is not asked how it goes together with others', () => {
  expect(paths({ name: 'a', training: 'fast' })).toEqual(['training']);
  expect(paths({ name: 'a', problemType: 'x', qualityGate: { metric: 'y' } })).toEqual(['problemType']);
  expect(paths({ name: 'a', training: { useSpotInstances: 'yes', maxWaitSeconds: 1 } })).toEqual([
    'training.useSpotInstances',
  ]);
  expect(paths({ name: 'a', source: { type: 'git-hub' } })).toEqual(['source.type']);
  expect(paths({ name: 'a', source: null })).toEqual(['source']);
});

test('what is wrong for several environments is said once', () => {
  const region = 'eu-west-1';
  const deployEnvironments = [{ name: 'a', region }, { name: 'b', region }];
  expect(paths({
    name: 'a', tooling: { region },
    deploymentGroups: [{ name: 'main', buildEnvironment: { region }, deployEnvironments }],
    endpoint: { kmsKeyArn: 'arn:aws-cn:kms:cn-north-1:111111111111:key/0a' },
  })).toEqual(['endpoint.kmsKeyArn']);
});

test('a typo in a name is one problem, not also a missing option', () => {
  expect(paths({ nmae: 'a' })).toEqual(['nmae']);
  expect(paths({ name: 'a', qualityGate: { metric: 'auc', treshold: 0.9 } })).toEqual(['qualityGate.treshold']);
  expect(paths({ name: 'a', nam: 'b' })).toEqual(['nam']);
});

test.each([null, undefined, 'churn', 7, [], () => 1])('options that are %p are refused as a whole', options => {
  for (const check of [checkProject, checkDelivery]) {
    expect(check(options).map(p => [p.path, p.allowed])).toEqual([['options', 'an object with named fields']]);
  }
});

test('null is answered with what to do', () => {
  expect(new OptionError(checkProject({ name: 'a', tooling: { region: null } })).message)
    .toBe('option tooling.region: null is not valid; allowed: the name of a region, for example "eu-west-1". null is '
      + 'not allowed: omit tooling.region instead.');
});

test('undefined counts as not given, everywhere but in a list', () => {
  expect(paths({
    name: 'a', training: undefined, endpoint: { smokeTest: undefined }, tags: { a: undefined }, zzz: undefined,
  })).toEqual([]);
  expect(paths({ name: 'a', devDeps: [undefined] })).toEqual(['devDeps[0]']);
});

test('the names in Python\'s spelling are answered with ours', () => {
  const [problem] = checkProject({ name: 'a', deploymentGroups: [{ name: 'g', source_branch: 'main' }] });
  expect(problem.fix).toContain('Did you mean sourceBranch?');
});

test('values are shown on one line and cut, whatever they are', () => {
  const self: { self?: object } = {};
  self.self = self;
  const odd = {
    name: 'a', training: self, tags: () =>
      1, source: 10n, tooling: Symbol('a\nb'), modelName: 'secret'.repeat(100), parent: 7, userOwned: [self, self],
  };
  const { message } = new OptionError(checkProject(odd));
  for (const line of message.split('\n').slice(1)) { expect(line).toMatch(/^ {2}- option /); }
  expect(message).not.toContain('secret'.repeat(14));
  expect(checkProject({ name: 'a', parent: self })).toEqual([]);
});

test.each([['', 'a', 'a'], ['a', 'b', 'a.b'], ['a', 'b.c', 'a["b.c"]'], [
  'a', 'x\n"y', 'a["x\\n\\"y"]',
], ['a', '', 'a[""]'], ['a', 'max-depth', 'a.max-depth']])('the field %p.%p has the path %p', (parent, name, path) => {
  expect(fieldPath(parent, name)).toBe(path);
  expect(pathParts(path)).toEqual([parent, name].filter((part, i) => i > 0 || part !== ''));
});

test('a value is found by its path, and never one of a prototype', () => {
  const options = { a: [{ 'b.c': 1 }] };
  expect(valueAt(options, 'a[0]["b.c"]')).toBe(1);
  expect(valueAt(options, 'a[1].x')).toBeUndefined();
  expect(valueAt(options, 'constructor.name')).toBeUndefined();
});

test('rules read defaults, and a message says of a default that it is one', () => {
  const { name, endpoint } = { name: 'a', endpoint: { smokeTest: { body: '1' } } };
  expect(checkProject({ name, training: { dropColumns: ['target'] } }).map(p => p.path)).toEqual([
    'training.dropColumns[0]',
  ]);
  expect(checkDelivery({
    name, endpoint, deploymentGroups: [{
      name: 'main', deployEnvironments: [{ name: 'staging', type: 'preprod' }, { name: 'prod' }],
    }],
  }).map(p => [p.path, p.value])).toEqual([
    ['deploymentGroups[0].deployEnvironments[1].type', 'the default "dev"'],
  ]);
});
