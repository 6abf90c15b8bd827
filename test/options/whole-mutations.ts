import { FULL } from './full-options';
import { PLACED, PLACED_VALID } from './place-mutations';
import { EnvironmentType, SourceType, type DeploymentGroupOptions } from '../../src/options';

const group = (more: Partial<DeploymentGroupOptions> = {}): DeploymentGroupOptions => ({ name: 'main', ...more });
const stages = (...types: Array<EnvironmentType | undefined>): object => ({
  deploymentGroups: [group({ deployEnvironments: types.map((type, i) => ({ name: `e${i}`, type })) })],
});
const minimal = (more: object): object => ({ name: 'churn', ...more });
const { DEV, PREPROD, PROD } = EnvironmentType;
const parameters = (values: object, more: object = {}): object => minimal({
  deploymentGroups: [group({ parameters: values as DeploymentGroupOptions['parameters'] })], ...more,
});
const key = (region: string, partition = 'aws'): string => `arn:${partition}:kms:${region}:111111111111:key/0a`;
const place = (region: string): object => ({ tooling: { region } });

/** Options that are right one by one and wrong together: what, the options, and the path that has to be named. */
export const CROSSED: ReadonlyArray<readonly [string, object, string]> = [
  ...PLACED,
  ['a model that begins with a digit', minimal({ modelName: '1st' }), 'modelName'],
  ['two groups of one name', minimal({ deploymentGroups: [group(), group()] }), 'deploymentGroups[1].name'],
  [
    'two environments of one name',
    minimal({ deploymentGroups: [group({ deployEnvironments: [{ name: 'a' }, { name: 'a' }] })] }),
    'deploymentGroups[0].deployEnvironments[1].name',
  ],
  ...['a..b', 'a.lock', 'a//b', 'a/', 'a.', 'HEAD', 'a/.b'].map(name => [
    `a group "${name}" without a branch`, minimal({ deploymentGroups: [{ name }] }), 'deploymentGroups[0].sourceBranch',
  ] as const),
  ...['-a', 'a..b', 'a b', '/a', 'a~1', 'x.lock/y', 'a@{b', '@'].map(sourceBranch => [
    `the branch "${sourceBranch}"`, minimal({ deploymentGroups: [group({ sourceBranch })] }),
    'deploymentGroups[0].sourceBranch',
  ] as const),
  [
    'production before preproduction', minimal(stages(DEV, PROD, PREPROD)),
    'deploymentGroups[0].deployEnvironments[2].type',
  ],
  [
    'an environment without a type after production', minimal(stages(PROD, undefined)),
    'deploymentGroups[0].deployEnvironments[1].type',
  ],
  ['a misspelt region', minimal(place('eu-wset-1')), 'tooling.region'],
  ['a region without images', minimal(place('ap-southeast-9')), 'tooling.region'],
  [
    'a key of China in Europe',
    minimal({ ...place('eu-west-1'), endpoint: { kmsKeyArn: key('cn-north-1', 'aws-cn') } }), 'endpoint.kmsKeyArn',
  ],
  [
    'a key of the usual partition in GovCloud',
    minimal({ ...place('us-gov-west-1'), endpoint: { kmsKeyArn: key('us-gov-west-1') } }), 'endpoint.kmsKeyArn',
  ],
  [
    'a bucket of the usual partition in GovCloud',
    minimal({ ...place('us-gov-west-1'), s3AccessLogsBucketArn: 'arn:aws:s3:::logs' }), 's3AccessLogsBucketArn',
  ],
  [
    'a connection of another partition', minimal({ ...place('us-gov-west-1'), source: FULL.source }),
    'source.connectionArn',
  ],
  [
    'a key of another region', minimal({ ...place('eu-west-1'), endpoint: { kmsKeyArn: key('eu-west-2') } }),
    'endpoint.kmsKeyArn',
  ],
  [
    'GitHub without a connection', minimal({ source: { type: SourceType.GITHUB, repository: 'a/b' } }),
    'source.connectionArn',
  ],
  ['GitHub without an owner', minimal({ source: { ...FULL.source, repository: 'b' } }), 'source.repository'],
  ['creating a repository elsewhere', minimal({ source: { ...FULL.source, create: true } }), 'source.create'],
  [
    'CodeCommit with a connection', minimal({ source: { connectionArn: FULL.source?.connectionArn } }),
    'source.connectionArn',
  ],
  ['CodeCommit with an owner', minimal({ source: { repository: 'a/b' } }), 'source.repository'],
  [
    'a metric of another problem type', minimal({ qualityGate: { metric: 'rmse', threshold: 1 } }),
    'qualityGate.metric',
  ],
  [
    'a gate that a worse model passes', minimal({ qualityGate: { metric: 'auc', comparison: '<' } }),
    'qualityGate.comparison',
  ],
  [
    'a threshold of a group whose pipeline has none', parameters({ QualityThreshold: 0.9, InputDataUrl: 's3://b-1/c' }),
    'deploymentGroups[0].parameters.QualityThreshold',
  ],
  ['a target that is dropped', minimal({ training: { dropColumns: ['target'] } }), 'training.dropColumns[0]'],
  [
    'a column with two roles', minimal({ training: { idColumns: ['mean_radius'], timeColumn: 'mean_radius' } }),
    'training.timeColumn',
  ],
  ['a missing token that is blank', minimal({ training: { missingTokens: [' '] } }), 'training.missingTokens[0]'],
  ['an accuracy in percent', minimal({ qualityGate: { threshold: 85 } }), 'qualityGate.threshold'],
  ['a negative share', minimal({ qualityGate: { metric: 'f1', threshold: -0.1 } }), 'qualityGate.threshold'],
  ['a negative error', minimal({ problemType: 'regression', qualityGate: { threshold: -1 } }), 'qualityGate.threshold'],
  [
    'an r2 above 1', minimal({ problemType: 'regression', qualityGate: { metric: 'r2', threshold: 1.1 } }),
    'qualityGate.threshold',
  ],
  ['an accuracy above 1', minimal({ qualityGate: { comparison: '>', threshold: 1 } }), 'qualityGate.threshold'],
  [
    'an error below 0', minimal({ qualityGate: { metric: 'log_loss', comparison: '<', threshold: 0 } }),
    'qualityGate.threshold',
  ],
  [
    'scikit-learn on two instances', minimal({ framework: 'sklearn', training: { instanceCount: 2 } }),
    'training.instanceCount',
  ],
  [
    'scikit-learn on two instances in one group', parameters({ TrainingInstanceCount: 2 }, { framework: 'sklearn' }),
    'deploymentGroups[0].parameters.TrainingInstanceCount',
  ],
  ['a wait without spot instances', minimal({ training: { maxWaitSeconds: 7200 } }), 'training.maxWaitSeconds'],
  [
    'a wait that is shorter than the run', minimal({ training: { useSpotInstances: true, maxWaitSeconds: 60 } }),
    'training.maxWaitSeconds',
  ],
  [
    'a hyperparameter with a hyphen', minimal({ training: { hyperparameters: { 'max-depth': 1 } } }),
    'training.hyperparameters.max-depth',
  ],
  [
    'a hyperparameter with a line end', minimal({ training: { hyperparameters: { 'a\nb': 1 } } }),
    'training.hyperparameters["a\\nb"]',
  ],
  [
    'a misspelt hyperparameter', minimal({ training: { hyperparameters: { max_dept: 1 } } }),
    'training.hyperparameters.max_dept',
  ],
  [
    'a hyperparameter named as a parameter', minimal({ training: { hyperparameters: { GitCommit: 1 } } }),
    'training.hyperparameters.GitCommit',
  ],
  ['too many hyperparameters', minimal({
    training: {
      hyperparameters: Object.fromEntries(Array.from({ length: 101 }, (
        _, i,
      ) => [`own_${i}`, i])),
    },
  }), 'training.hyperparameters'],
  [
    'a misspelt parameter', parameters({ InputDataURL: 's3://a-bucket/b' }),
    'deploymentGroups[0].parameters.InputDataURL',
  ],
  ['a misspelt hyperparameter of a group', parameters({ num_rounds: 3 }), 'deploymentGroups[0].parameters.num_rounds'],
  ['a hyperparameter that the pipeline has not', parameters({ gamma: 3 }), 'deploymentGroups[0].parameters.gamma'],
  ['a hyperparameter that is no number', parameters({ max_depth: 'deep' }), 'deploymentGroups[0].parameters.max_depth'],
  [
    'an instance type that is none', parameters({ TrainingInstanceType: 'm5.large' }),
    'deploymentGroups[0].parameters.TrainingInstanceType',
  ],
  ['no instance', parameters({ TrainingInstanceCount: 0 }), 'deploymentGroups[0].parameters.TrainingInstanceCount'],
  [
    'an approval status that is none', parameters({ ModelApprovalStatus: 'Aproved' }),
    'deploymentGroups[0].parameters.ModelApprovalStatus',
  ],
  [
    'a threshold of a group in percent', parameters({ QualityThreshold: 90 }),
    'deploymentGroups[0].parameters.QualityThreshold',
  ],
  ['41 tags', minimal({ tags: Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`t${i}`, ''])) }), 'tags'],
  ['tags that differ in capitals', minimal({ tags: { team: 'a', Team: 'b' } }), 'tags.Team'],
  ...['/a', 'a/', 'a//b', '/', 'arn:aws:iam::aws:policy/a'].map(permissionsBoundaryName => [
    `the boundary "${permissionsBoundaryName}"`, minimal({ permissionsBoundaryName }), 'permissionsBoundaryName',
  ] as const),
  ['a CodeCommit repository with .git', minimal({ source: { repository: 'churn.git' } }), 'source.repository'],
  [
    'a folder in GitHub', minimal({ source: { ...FULL.source, type: SourceType.GITHUB, repository: 'a/b/c' } }),
    'source.repository',
  ],
  [
    'too many groups in GitLab', minimal({ source: { ...FULL.source, repository: Array(23).fill('a').join('/') } }),
    'source.repository',
  ],
  ...[
    'ml.t2.medium', 'ml.m5d.large', 'ml.m6g.large', 'ml.trn1.2xlarge', 'ml.inf2.xlarge', 'ml.m5.xxlarge',
  ].map(type => [
    `training on ${type}`, minimal({ training: { instanceType: type } }), 'training.instanceType',
  ] as const),
  ...['ml.trn1.2xlarge', 'ml.inf2.xlarge'].map(type => [
    `processing on ${type}`, minimal({ training: { processingInstanceType: type } }), 'training.processingInstanceType',
  ] as const),
  ...[
    'ml.m6g.large', 'ml.c7g.large', 'ml.inf2.xlarge', 'ml.trn1.2xlarge', 'ml.dl1.24xlarge', 'ml.t3.medium',
  ].map(type => [
    `serving from ${type}`, minimal({ endpoint: { instanceType: type } }), 'endpoint.instanceType',
  ] as const),
  [
    'an environment that serves from Graviton',
    minimal({
      deploymentGroups: [group({ deployEnvironments: [{ name: 'a', endpoint: { instanceType: 'ml.c6g.large' } }] })],
    }),
    'deploymentGroups[0].deployEnvironments[0].endpoint.instanceType',
  ],
  [
    'a group that trains on t2', parameters({ TrainingInstanceType: 'ml.t2.large' }),
    'deploymentGroups[0].parameters.TrainingInstanceType',
  ],
  ['a tag of AWS', minimal({ tags: { 'AWS:team': 'x' } }), 'tags.AWS:team'],
  ['a tag with an empty key', minimal({ tags: { '': 'x' } }), 'tags[""]'],
  ['a tag with a long key', minimal({ tags: { ['k'.repeat(129)]: 'x' } }), 'tags'],
  ['data that is not there', minimal({ training: { inputDataUrl: 'data/none.csv' } }), 'training.inputDataUrl'],
  [
    'a target that is not there', minimal({ training: { inputDataUrl: 'data/mine.csv', targetColumn: 'targt' } }),
    'training.targetColumn',
  ],
  ['data elsewhere without a request', minimal({ training: { inputDataUrl: 's3://bucket/x' } }), 'endpoint.smokeTest'],
];

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
  ...Object.entries(choices).flatMap(([
    name, values,
  ]) => values.map(([what, value]) => [`${name}: ${what}`, minimal({ [name]: value })] as const)),
];
