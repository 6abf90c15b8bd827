import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { SourceType } from '../../src/options/source';

const endpoint = { smokeTest: { body: '1,2,3' } };

/** Deliveries that the tests of the infrastructure look at; each is also checked by the linters of the slow stage. */
export const DELIVERIES: { readonly [name: string]: DeliveryOptions } = {
  default: { name: 'churn', endpoint },
  buildOnly: { name: 'churn', endpoint, deploymentGroups: [{ name: 'main' }] },
  explicitAccount: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-central-1' }, permissionsBoundaryName: 'team/limit',
    s3AccessLogsBucketArn: 'arn:aws:s3:::access-logs', tags: { team: 'data' },
    network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'], securityGroupIds: ['sg-0123456789abcdef0'] },
  },
  twoGroups: {
    name: '@team/customer-churn', endpoint: { ...endpoint, instanceType: 'ml.g5.xlarge', dataCapturePercentage: 0 },
    source: { type: SourceType.GITHUB, repository: 'team/churn', connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000' },
    deploymentGroups: [
      { name: 'dev', sourceBranch: 'feature/next', parameters: { InputDataUrl: 's3://dev-data/churn', max_depth: 3 } },
      {
        name: 'release/2026-with-a-rather-long-name-that-does-not-fit-everywhere',
        deployEnvironments: [
          { name: 'pre', type: EnvironmentType.PREPROD, endpoint: { instanceType: 'ml.c5.large', dataCapturePercentage: 20 } },
          { name: 'prod-eu', type: EnvironmentType.PROD, endpoint: { instanceCount: 3 } },
        ],
      },
    ],
  },
  gitLab: {
    name: 'churn', endpoint, deploymentGroups: [{ name: 'main' }], upgrade: { schedule: 'monthly' },
    source: { type: SourceType.GITLAB, repository: 'team/churn', connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000' },
  },
  accounts: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-west-1' }, tags: { team: 'data' }, permissionsBoundaryName: 'limit',
    containerRepositories: [{ name: 'models' }, { name: 'mirror', pullThroughCache: { upstreamRegistryUrl: 'public.ecr.aws' } }],
    deploymentGroups: [
      {
        name: 'dev', parameters: { InputDataUrl: 's3://dev-data/churn' },
        buildEnvironment: { name: 'experiments', account: '222222222222' },
        deployEnvironments: [{ name: 'first', account: '333333333333' }, { name: 'second', account: '444444444444', parallelWithPrevious: true }],
      },
      {
        name: 'main',
        buildEnvironment: { name: 'build', account: '555555555555', type: EnvironmentType.PREPROD },
        deployEnvironments: [
          { name: 'preprod', account: '666666666666', type: EnvironmentType.PREPROD },
          { name: 'prod', account: '777777777777', type: EnvironmentType.PROD },
        ],
      },
    ],
  },
  regions: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-west-1' },
    deploymentGroups: [{
      name: 'main',
      buildEnvironment: { region: 'eu-central-1', account: '222222222222' },
      deployEnvironments: [
        { name: 'same', account: '222222222222', type: EnvironmentType.PREPROD },
        { name: 'near', account: '333333333333', region: 'eu-west-1', type: EnvironmentType.PROD },
        { name: 'far', account: '333333333333', region: 'us-east-1', type: EnvironmentType.PROD, parallelWithPrevious: true },
      ],
    }],
  },
  sharedAccounts: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-west-1' },
    source: { repository: 'models', ignoredPaths: ['docs/**', 'README.md'] }, infrastructure: { source: { repository: 'platform' } },
    containerRepositories: [{ name: 'models' }],
    deploymentGroups: [
      { name: 'a', deployEnvironments: [{ name: 'one', account: '222222222222' }, { name: 'two', account: '222222222222' }, { name: 'own' }] },
      { name: 'b/next', sourceBranch: 'a', buildEnvironment: { account: '222222222222' }, deployEnvironments: [{ name: 'one' }, { name: 'back', account: '111111111111' }] },
    ],
  },
};
