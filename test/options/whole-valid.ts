import { APPROVERS_VALID } from './approver-mutations';
import { DATA_KEYS_VALID } from './data-key-mutations';
import { ENGINES_VALID } from './engine-mutations';
import { FULL } from './full-options';
import { GOVERNANCE_VALID } from './governance-mutations';
import { PLACED_VALID } from './place-mutations';
import { group, key, minimal, stages } from './whole-mutations';
import { EnvironmentType, SourceType } from '../../src/options';

const { DEV, PREPROD, PROD } = EnvironmentType;

const choices: { readonly [name: string]: ReadonlyArray<readonly [string, unknown]> } = {
  training: [
    ['half the data but a row', { validationFraction: 0.49, testFraction: 0.49 }],
    ['one row', { validationFraction: 1e-9 }], ['28 days', { maxRunSeconds: 2_419_200 }],
    ['spot', { useSpotInstances: true }], ['spot, the wait is the run', {
      useSpotInstances: true, maxRunSeconds: 60, maxWaitSeconds: 60,
    }], ['not spot', { useSpotInstances: false }],
    ['several hosts', { instanceCount: 100 }], ['seed 0', { seed: 0 }], ['the last seed', { seed: 2_147_483_647 }],
    ['never cached', { cacheExpireAfter: 'never' }],
    ['own hyperparameters', { hyperparameters: { beta: 1, lr: 'x', depth: 3, gamma: 0.5 } }], ['nothing', {}],
    ['not given', { instanceType: undefined, hyperparameters: undefined }],
    ['a GPU', { instanceType: 'ml.g5.xlarge' }], ['a small one', { processingInstanceType: 'ml.t3.medium' }],
    ['rejected', { approvalStatus: 'Rejected' }], ['empty lists', { dropColumns: [], missingTokens: [] }],
    ['a comma', { separator: ',' }], ['utf-8', { encoding: 'utf-8' }], ['dropped', { dropColumns: ['mean_radius'] }],
  ],
  qualityGate: [
    ['accuracy 1', { threshold: 1 }], ['accuracy 0', { threshold: 0 }],
    ['the other way', { comparison: '<=', threshold: 0.9 }], ['a large error', { metric: 'log_loss', threshold: 12.5 }],
    ['auc', { metric: 'auc', comparison: '>', threshold: 0.999 }], ['no threshold', { metric: 'auc' }],
    ['as good is enough', { metric: 'log_loss', comparison: '<=' }],
  ],
  customMetrics: [
    ['none', []], ['one', [{ name: 'profit', better: 'higher' }]],
    ['a point', [{ name: 'a_1', better: 'lower', maximum: -5 }]],
    ['many', Array.from({ length: 20 }, (_, i) => ({ name: `m${i}`, better: 'lower' }))],
  ],
  source: [
    ['CodeCommit', { type: SourceType.CODECOMMIT }], ['an existing one', { repository: 'my.repo', create: false }],
    ['Bitbucket', { ...FULL.source, type: SourceType.BITBUCKET, repository: 'team/full' }],
    ['an older connection', {
      ...FULL.source, connectionArn: 'arn:aws:codestar-connections:us-east-1:111111111111:connection/0a',
    }], ['deep', { ...FULL.source, type: SourceType.GITLAB, repository: 'a/b/c/d' }],
  ],
  tooling: [...[
    'us-east-1', 'us-gov-west-1', 'ap-northeast-3', 'ap-east-1', 'me-south-1', 'eu-south-1',
  ].map(region => [region, { region }] as const), ['an account', { account: '000000000001' }]],
  endpoint: [
    ['no capture', { dataCapturePercentage: 0 }], ['many', { instanceCount: 1000 }],
    ['GPU with a key', { instanceType: 'ml.g5.xlarge', kmsKeyArn: key('eu-west-1') }],
    ['a multi-region key', {
      kmsKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef',
    }], ['a long request', { smokeTest: { body: 'x'.repeat(60_000) } }],
    ['a patient test', { smokeTest: { body: '1', maxLatencySeconds: 60 } }],
    ['JSON lines', { smokeTest: { body: '[1]', contentType: 'application/jsonlines' } }], ['nothing', {}],
  ],
  tags: [
    ['40', Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`t${i}`, 'x'.repeat(256)]))],
    ['unicode', { 'Kosten-Stelle/ä': 'Größe + 1 = @' }], ['near', { awsome: 'x' }], ['empty', { team: '' }],
    ['none', {}],
  ],
  userOwned: [['none', []], ['all', ['**']], ['but', ['model/**', '!model/train.py']]],
  upgrade: [['never', { schedule: 'never' }], ['nothing', {}], ['daily', { schedule: 'daily', pullRequests: true }]],
  infrastructure: [
    ['nothing', {}], ['no commands', { installCommands: [] }], ['a wildcard', { files: ['infra/*.ts'] }],
  ],
  network: [['16 subnets', {
    ...FULL.network, subnetIds: Array.from({ length: 16 }, (_, i) => `subnet-0123456${i.toString(16)}`),
  }], ['short ids', { vpcId: 'vpc-01234567', subnetIds: ['subnet-01234567'], securityGroupIds: ['sg-01234567'] }]],
  permissionsBoundaryName: [['a path', 'a/b+c=d,e.f@g-h'], ['two folders', 'a/b/c'], ['long', 'x'.repeat(128)]],
  modelName: [['capitals', 'My-Model'], ['long', 'x'.repeat(48)], ['one letter', 'X']],
  devDeps: [['none', []], ['scoped', ['@a/b@^1']]],
  logging: [['level', { level: 10 }]],
  commitGenerated: [['no', false]],
  projenCommand: [['pnpm', 'pnpm exec projen']],
  gitOptions: [['lf', { endOfLine: 'lf' }]],
  deploymentGroups: [
    ...['main', 'feature/x', 'release-1.2', 'x.locked', '1', 'Dev', 'v1.0/rc'].map(name => [name, [{ name }]] as const),
    ...['feature/a-b', 'ünïcode', 'a.b', 'a@b', 'x{y}', 'lock', 'x-', 'a/HEAD'].map(sourceBranch =>
      [`branch ${sourceBranch}`, [group({ sourceBranch })]] as const),
    ['a name that is no branch, with one', [{ name: 'a..b', sourceBranch: 'main' }]],
    ['two groups of one branch', [group(), { name: 'other', sourceBranch: 'main' }]],
    ['environments of the same name in two groups', [group({ deployEnvironments: [{ name: 'e' }] }), {
      name: 'other', deployEnvironments: [{ name: 'e' }],
    }]],
    ['names that differ in capitals', [{ name: 'dev' }, { name: 'Dev' }]],
    ['production without approval', [group({
      deployEnvironments: [{ name: 'p', type: PROD, manualApproval: false }],
    })]],
    ['Git Flow', (stages(DEV, PREPROD, PROD) as { deploymentGroups: unknown }).deploymentGroups],
    ['two productions', (stages(PREPROD, PROD, PROD) as { deploymentGroups: unknown }).deploymentGroups],
    ['no types', (stages(undefined, undefined) as { deploymentGroups: unknown }).deploymentGroups],
    ['nothing to deploy to', [group({ deployEnvironments: [] })]],
    ['a built in preprod', [group({
      buildEnvironment: { type: PREPROD }, deployEnvironments: [{ name: 'd', type: DEV }],
    })]],
    ['own parameters', [group({ parameters: { MyFlag: true, beta: 1, Region: 'x', Threshold: 2, GitTag: 'v1' } })]],
    ['parameters as text', [group({
      parameters: { TrainingInstanceCount: '2', QualityThreshold: '0.9', max_depth: '3', TargetColumn: 5 },
    })]],
    ['an environment\'s endpoint', [group({
      deployEnvironments: [{ name: 'a', endpoint: {} }, { name: 'b', endpoint: { dataCapturePercentage: 0 } }],
    })]],
  ],
};

/** Options that are unusual and right. */
export const VALID: ReadonlyArray<readonly [string, object]> = [
  ['full', { ...FULL }],
  ['everything undefined', Object.fromEntries(Object.keys(FULL).map(name =>
    [name, name === 'name' ? 'churn' : undefined]))],
  ...['a', 'a-b', 'x'.repeat(48), 'a1-2'].map(name => [`name ${name}`, { name }] as const),
  ...['xgboost', 'sklearn'].flatMap(framework => [
    'binary', 'multiclass', 'regression',
  ].flatMap(problemType => [true, false].map(projenrcPython =>
    [`${framework} ${problemType} `
      + `${projenrcPython}`, { name: 'churn', framework, problemType, projenrcPython }] as const))),
  ...PLACED_VALID,
  ...DATA_KEYS_VALID,
  ...APPROVERS_VALID,
  ...GOVERNANCE_VALID, ...ENGINES_VALID,
  ...Object.entries(choices).flatMap(([
    name, values,
  ]) => values.map(([what, value]) => [`${name}: ${what}`, minimal({ [name]: value })] as const)),
];
