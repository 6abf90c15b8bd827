import { APPROVERS } from './approver-mutations';
import { DATA_KEYS } from './data-key-mutations';
import { ENGINES } from './engine-mutations';
import { FULL } from './full-options';
import { GOVERNANCE } from './governance-mutations';
import { PLACED } from './place-mutations';
import { EnvironmentType, SourceType, type DeploymentGroupOptions } from '../../src/options';

export const group = (more: Partial<DeploymentGroupOptions> = {}): DeploymentGroupOptions => ({
  name: 'main', ...more,
});
export const stages = (...types: Array<EnvironmentType | undefined>): object => ({
  deploymentGroups: [group({ deployEnvironments: types.map((type, i) => ({ name: `e${i}`, type })) })],
});
export const minimal = (more: object): object => ({ name: 'churn', ...more });
const { DEV, PREPROD, PROD } = EnvironmentType;
const parameters = (values: object, more: object = {}): object => minimal({
  deploymentGroups: [group({ parameters: values as DeploymentGroupOptions['parameters'] })], ...more,
});
export const key = (region: string, partition = 'aws'): string => `arn:${partition}:kms:${region}:111111111111:key/0a`;
const place = (region: string): object => ({ tooling: { region } });

/** Options that are right one by one and wrong together: what, the options, and the path that must be named. */
export const CROSSED: ReadonlyArray<readonly [string, object, string]> = [
  ...PLACED,
  ...DATA_KEYS,
  ...APPROVERS,
  ...GOVERNANCE,
  ...ENGINES,
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
  ...Object.entries({
    'an own metric with a name of the house': { name: 'rmse' },
    'an own metric named as a part of the report': { name: 'confusion_matrix' },
    'an own metric that is a word of Python': { name: 'lambda' },
  }).map(([name, metric]) => [
    name, minimal({ customMetrics: [{ better: 'higher', ...metric }] }), 'customMetrics[0].name',
  ] as const),
  [
    'an own metric twice', minimal({ customMetrics: ['higher', 'lower'].map(better => ({ name: 'profit', better })) }),
    'customMetrics[1].name',
  ],
  [
    'an own metric without a possible value',
    minimal({ customMetrics: [{ name: 'profit', better: 'higher', minimum: 1, maximum: 1 }] }),
    'customMetrics[0].maximum',
  ],
  [
    'a gate that a worse model passes by an own metric', minimal({
      customMetrics: [{ name: 'profit', better: 'higher' }], qualityGate: { metric: 'profit', comparison: '<' },
    }), 'qualityGate.comparison',
  ],
  [
    'a threshold that an own metric cannot have', minimal({
      customMetrics: [{ name: 'profit', better: 'higher', maximum: 50 }],
      qualityGate: { metric: 'profit', threshold: 51 },
    }), 'qualityGate.threshold',
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
  ['a hyperparameter of a group out of range', parameters({ gamma: -3 }), 'deploymentGroups[0].parameters.gamma'],
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
