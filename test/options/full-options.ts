import {
  EndpointKind, EnvironmentType, GovernanceProfile, type NetworkOptions, ObjectLockMode, SourceType,
} from '../../src/options';
import type { SageMakerCicdProjectOptions } from '../../src/project';

const place = { account: '111111111111', region: 'eu-central-1' };
const prod = { account: '222222222222', region: 'eu-west-1' };
const connectionArn =
  'arn:aws:codeconnections:eu-central-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000';
const secret = (name: string): string => `arn:aws:secretsmanager:eu-central-1:111111111111:secret:ml/${name}-AbCdEf`;
const network = (id: string): NetworkOptions => ({
  vpcId: `vpc-${id}`, subnetIds: [`subnet-${id}`, `subnet-${id.slice(0, -1)}f`], securityGroupIds: [`sg-${id}`],
});

/** Every option and every field of every struct, each with a value that is not its default. */
export const FULL: SageMakerCicdProjectOptions = {
  name: 'full',
  modelName: 'Full-Model',
  framework: 'xgboost',
  problemType: 'multiclass',
  projenrcPython: false,
  training: {
    inputDataUrl: 's3://data-lake/full/',
    targetColumn: 'label',
    dropColumns: ['row', 'comment'],
    idColumns: ['customer'],
    dateColumns: ['since'],
    missingTokens: ['?', 'n/a'],
    separator: ';',
    encoding: 'latin-1',
    sampleWeightColumn: 'weight',
    groupColumn: 'household',
    timeColumn: 'month',
    validationFraction: 0.1,
    testFraction: 0.2,
    seed: 1,
    processingInstanceType: 'ml.m5.xlarge',
    processingInstanceCount: 2,
    instanceType: 'ml.c5.4xlarge',
    instanceCount: 3,
    hyperparameters: { max_depth: 5, my_own: 'text' },
    tuning: {
      ranges: [
        { name: 'eta', minimum: 0.01, maximum: 0.3, scale: 'Logarithmic' },
        { name: 'my_depth', minimum: 1, maximum: 9, integer: true },
        { name: 'subsample', values: [0.5, 1] },
      ],
      objective: 'validation:merror',
      strategy: 'Hyperband',
      maxTrials: 10,
      maxParallelTrials: 4,
      minResource: 2,
      maxResource: 20,
      seed: 7,
    },
    useSpotInstances: true,
    maxRunSeconds: 1800,
    maxWaitSeconds: 3600,
    cacheExpireAfter: 'PT12H',
    approvalStatus: 'Approved',
  },
  qualityGate: { metric: 'macro_f1', comparison: '>', threshold: 0.8 },
  customMetrics: [
    { name: 'cost_of_errors', better: 'lower', minimum: 0 },
    { name: 'share_2', better: 'higher', minimum: 0, maximum: 1 },
  ],
  source: {
    type: SourceType.GITLAB,
    repository: 'team/sub/full',
    connectionArn,
    ignoredPaths: ['infra/**', 'docs/index.md', '**/README.md'],
  },
  tooling: place,
  deploymentGroups: [
    {
      name: 'dev',
      sourceBranch: 'feature/next',
      parameters: { InputDataUrl: 's3://data-lake/dev/', TrainingInstanceCount: 1, max_depth: 3, Flavour: true },
      buildEnvironment: {
        name: 'lab', ...place, type: EnvironmentType.DEV, network: network('0123456789abcdef1'),
        s3AccessLogsBucketArn: 'arn:aws:s3:::lab-logs', existingModelPackageGroup: true,
        kmsKeyArn: `arn:aws:kms:${place.region}:${place.account}:key/01234567-0000-0000-0000-000000000002`,
        inputDataKeyArns: ['arn:aws:kms:eu-central-1:999999999999:key/01234567-0000-0000-0000-000000000002'],
      },
      deployEnvironments: [
        { name: 'try', ...place, type: EnvironmentType.DEV, manualApproval: true },
        { name: 'also', ...place, type: EnvironmentType.DEV, parallelWithPrevious: true },
      ],
    },
    {
      name: 'main',
      sourceBranch: 'main',
      parameters: { QualityThreshold: 0.9 },
      buildEnvironment: { name: 'build', ...place, type: EnvironmentType.PREPROD },
      deployEnvironments: [
        {
          name: 'pre', ...place, type: EnvironmentType.PREPROD, manualApproval: false, endpoint: {
            instanceType: 'ml.c5.large', instanceCount: 1, dataCapturePercentage: 50, dataCaptureRetentionDays: 90,
          },
        },
        {
          name: 'prod', ...prod, type: EnvironmentType.PROD, manualApproval: false,
          network: network('0123456789abcdef2'), s3AccessLogsBucketArn: 'arn:aws:s3:::prod-logs',
          existingModelPackageGroup: true,
          endpoint: {
            instanceType: 'ml.g5.xlarge', instanceCount: 4,
            kmsKeyArn: 'arn:aws:kms:eu-west-1:222222222222:key/mrk-0123456789abcdef0123456789abcdef',
          },
        },
      ],
    },
  ],
  endpoint: {
    kind: EndpointKind.REALTIME,
    instanceType: 'ml.m5.xlarge',
    instanceCount: 2,
    dataCapturePercentage: 10,
    dataCaptureRetentionDays: 14,
    kmsKeyArn: 'arn:aws:kms:eu-central-1:111111111111:key/01234567-0000-0000-0000-000000000000',
    smokeTest: { body: '1,2', contentType: 'text/csv; header=absent', accept: 'text/csv', maxLatencySeconds: 0.5 },
  },
  infrastructure: {
    pipeline: true,
    source: {
      type: SourceType.BITBUCKET, repository: 'team/full-infrastructure', connectionArn, ignoredPaths: ['notes.txt'],
    },
    sourceBranch: 'release',
    bootstrapQualifier: 'team1',
    installCommands: ['npm ci --ignore-scripts'],
    synthCommand: 'npx cdk synth --quiet --strict',
    files: ['package.json', 'infra/', 'config/delivery.json'],
  },
  network: network('0123456789abcdef0'),
  permissionsBoundaryName: 'team/limit',
  s3AccessLogsBucketArn: 'arn:aws:s3:::access-logs',
  tags: { 'team': 'forecasting', 'cost centre': '4711' },
  userOwned: ['docs/**', '!docs/roles.md'],
  upgrade: { schedule: 'monthly', pullRequests: false },
  notifications: {
    chat: {
      slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
      teams: {
        tenantId: '1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f', teamId: '1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f',
        channelId: '19%3a0123abcd%40thread.tacv2',
      },
    },
    emailAddresses: ['ml-team@example.org', 'o\'hara+ops@mail.example.co.uk'],
    topicArn: 'arn:aws:sns:eu-central-1:111111111111:ml-team',
  },
  approvers: {
    models: {
      userArns: ['arn:aws:iam::111111111111:user/team/ana'],
      roleArns: ['arn:aws:iam::999999999999:role/people/scientist'],
      permissionSets: ['ModelOwner'],
    },
    deployments: { permissionSets: ['Release+Manager'] },
    infrastructure: { roleArns: ['arn:aws:iam::111111111111:role/platform'] },
  },
  governance: {
    profile: GovernanceProfile.GXP,
    approvalRecords: true,
    separationOfDuties: true,
    boundIdentities: false,
    lifeCycleStages: false,
    auditTrail: {
      account: '999999999999', region: 'eu-central-1', organizationId: 'o-exampleorgid', retentionYears: 15,
      objectLock: ObjectLockMode.COMPLIANCE, invocations: true,
    },
    identities: [{ name: 'Ana Almeida', aws: ['ana'], git: ['ana-a', 'ana@example.org'], jira: ['5b10a2844c'] }],
    sourceTokenArn: secret('source'),
    ruleApproval: {
      minimumImprovement: 0.01, firstVersion: true, maximumMissing: 0.1, minimumTestRows: 500, groups: ['main'],
    },
    jira: {
      url: 'https://example.atlassian.net', projectKey: 'ML', secretArn: secret('jira'), issueType: 'Story',
      approvedStatus: 'Done', rejectedStatus: 'Declined',
    },
  },
  containerRepositories: [
    { name: 'base/python' },
    {
      name: 'docker-hub',
      pullThroughCache: {
        upstreamRegistryUrl: 'registry-1.docker.io',
        credentialArn: 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:ecr-pullthroughcache/hub-AbCdEf',
      },
    },
    { name: 'public', pullThroughCache: { upstreamRegistryUrl: 'public.ecr.aws' } },
  ],
  promotion: {
    sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:999999999999:model-package-group/Shared-Models',
    targetBucketName: 'promoted-models',
    eventBusName: 'models',
    targetModelPackageGroupName: 'Promoted-Models',
    sagemakerProjectId: 'p-abc123def456',
    sagemakerProjectName: 'shared-models',
    kmsKeyArn: 'arn:aws:kms:eu-central-1:111111111111:key/01234567-0000-0000-0000-000000000001',
    acceptUnsealed: true,
    retainOnDelete: false,
    existingModelPackageGroup: true,
  },
  devDeps: ['left-pad@1'],
  commitGenerated: true,
  projenCommand: 'npx projen',
  gitOptions: { lfsPatterns: ['*.bin'] },
};
