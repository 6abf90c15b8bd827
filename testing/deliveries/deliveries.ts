import { APIS } from './api-options';
import { MONITORED } from './monitored-options';
import { BY_WORKFLOWS } from './workflows';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DeploymentStrategy } from '../../src/options/deployment';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind } from '../../src/options/endpoint';
import { GovernanceProfile } from '../../src/options/governance';
import { SourceType } from '../../src/options/source';

const endpoint = { smokeTest: { body: '1,2,3' } };
const { DEV, PREPROD, PROD } = EnvironmentType;
const connectionArn = 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000';

/** Deliveries that the tests of the infrastructure look at; each is also checked by the linters of the slow stage. */
export const DELIVERIES: { readonly [name: string]: DeliveryOptions } = {
  default: { name: 'churn', endpoint },
  buildOnly: { name: 'churn', endpoint, deploymentGroups: [{ name: 'main' }], infrastructure: { pipeline: false } },
  explicitAccount: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-central-1' },
    permissionsBoundaryName: 'team/limit',
    s3AccessLogsBucketArn: 'arn:aws:s3:::access-logs', tags: { team: 'data' },
    network: {
      vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    },
  },
  twoGroups: {
    name: '@team/customer-churn', endpoint: { ...endpoint, instanceType: 'ml.g5.xlarge', dataCapturePercentage: 0 },
    source: { type: SourceType.GITHUB, repository: 'team/churn', connectionArn },
    deploymentGroups: [
      { name: 'dev', sourceBranch: 'feature/next', parameters: { InputDataUrl: 's3://dev-data/churn', max_depth: 3 } },
      {
        name: 'release/2026-with-a-rather-long-name-that-does-not-fit-everywhere',
        deployEnvironments: [
          { name: 'pre', type: PREPROD, endpoint: { instanceType: 'ml.c5.large', dataCapturePercentage: 20 } },
          {
            name: 'prod-eu', type: PROD, endpoint: {
              instanceCount: 3, deployment: {
                strategy: DeploymentStrategy.LINEAR, waitSeconds: 120,
                alarms: { p50LatencyMilliseconds: 50, ownAlarmNames: ['orders-failed'] },
              },
            },
          },
        ],
      },
    ],
  },
  gitLab: {
    name: 'churn', endpoint, deploymentGroups: [{ name: 'main' }], upgrade: { schedule: 'monthly' },
    source: { type: SourceType.GITLAB, repository: 'team/churn', connectionArn },
  },
  // Git Flow: dev is built in one account and deployed to two at the same time; main is built where it is tried, and
  // goes to production.
  sevenAccounts: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-west-1' },
    network: {
      vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    },
    permissionsBoundaryName: 'team/limit', tags: { team: 'data' },
    infrastructure: { source: { repository: 'churn-platform', create: false }, bootstrapQualifier: 'mlteam' },
    notifications: { emailAddresses: ['team@example.org'] },
    approvers: {
      models: { userArns: ['arn:aws:iam::555555555555:user/team/ana'], permissionSets: ['ModelOwner'] },
      deployments: {
        userArns: ['arn:aws:iam::999999999999:user/eve'], roleArns: ['arn:aws:iam::111111111111:role/people/releaser'],
      },
      infrastructure: { permissionSets: ['Platform', 'Operations'] },
    },
    deploymentGroups: [
      {
        name: 'dev', parameters: { InputDataUrl: 's3://dev-data/churn' },
        buildEnvironment: {
          name: 'dev-build', account: '222222222222', ...surroundings('b'),
          s3AccessLogsBucketArn: 'arn:aws:s3:::dev-logs',
          // The data is under a key of the account and one of another.
          inputDataKeyArns: ['222222222222', '888888888888'].map(account =>
            `arn:aws:kms:eu-west-1:${account}:key/01234567-89ab-cdef-0123-456789abcdef`),
        },
        deployEnvironments: [
          { name: 'dev-a', account: '333333333333', ...surroundings('c') },
          { name: 'dev-b', account: '444444444444', ...surroundings('d'), parallelWithPrevious: true },
        ],
      },
      {
        name: 'main',
        buildEnvironment: { name: 'main-build', account: '555555555555', type: PREPROD, ...surroundings('e') },
        deployEnvironments: [
          { name: 'preprod', account: '555555555555', type: PREPROD, ...surroundings('e') },
          { name: 'acceptance', account: '777777777777', type: PREPROD, manualApproval: true, ...surroundings('f') },
          { name: 'prod', account: '666666666666', type: PROD, ...surroundings('a'), endpoint: { instanceCount: 2 } },
        ],
      },
    ],
  },
  // The build account is one of those that are deployed to; the second region has a key of its own.
  twoRegions: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-west-1' },
    source: { type: SourceType.GITHUB_ENTERPRISE, repository: 'team/churn', connectionArn },
    deploymentGroups: [{
      name: 'main',
      buildEnvironment: { account: '222222222222' },
      deployEnvironments: [
        { name: 'staging', type: PREPROD },
        { name: 'eu', account: '333333333333', type: PROD },
        {
          name: 'us', account: '333333333333', region: 'us-east-1', type: PROD, parallelWithPrevious: true,
          endpoint: { kmsKeyArn: 'arn:aws:kms:us-east-1:333333333333:key/01234567-89ab-cdef-0123-456789abcdef' },
        },
        { name: 'us-too', account: '222222222222', region: 'us-east-1', type: PROD },
      ],
    }],
  },
  // Built in another region than the pipelines run in, and served in both of them and in a third one.
  regions: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-west-1' },
    deploymentGroups: [{
      name: 'main',
      buildEnvironment: { region: 'eu-central-1', account: '222222222222' },
      deployEnvironments: [
        { name: 'same', account: '222222222222', type: PREPROD },
        {
          name: 'near', account: '333333333333', region: 'eu-west-1', type: PROD,
          endpoint: { instanceCount: 4, deployment: { strategy: DeploymentStrategy.ROLLING, stepPercent: 50 } },
        },
        { name: 'far', account: '333333333333', region: 'us-east-1', type: PROD, parallelWithPrevious: true },
      ],
    }],
  },
  // Several groups in the same accounts, two of them from one branch; images of one's own, pushed and fetched.
  sharedAccounts: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-west-1' },
    source: { repository: 'models', ignoredPaths: ['docs/**', 'README.md'] },
    infrastructure: { source: { repository: 'platform' } },
    containerRepositories: [
      { name: 'base/inference' }, { name: 'public', pullThroughCache: { upstreamRegistryUrl: 'public.ecr.aws' } },
      {
        name: 'hub',
        pullThroughCache: {
          upstreamRegistryUrl: 'registry-1.docker.io',
          credentialArn: 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:ecr-pullthroughcache/hub-AbCdEf',
        },
      },
    ],
    deploymentGroups: [
      {
        name: 'infrastructure', sourceBranch: 'develop', buildEnvironment: { account: '222222222222' },
        deployEnvironments: [{ name: 'own' }, { name: 'back', account: '111111111111' }],
      },
      ...['north', 'south'].map(name => ({
        name, sourceBranch: 'main', buildEnvironment: { account: '222222222222' },
        deployEnvironments: [{ name: 'build', account: '222222222222', type: DEV }, {
          name: 'replica', account: '333333333333', type: PROD,
        }],
      })),
    ],
  },
  // Every kind of endpoint, scaled.
  kinds: {
    name: 'churn', tooling: { account: '111111111111', region: 'eu-west-1' },
    endpoint: {
      ...endpoint, instanceCount: 2, dataCapturePercentage: 100,
      autoscaling: {
        maxCapacity: 10, invocationsPerInstance: 750, scaleInCooldownSeconds: 60, scaleOutCooldownSeconds: 60,
      },
    },
    deploymentGroups: [{
      name: 'main',
      deployEnvironments: [
        {
          name: 'dev', type: DEV, endpoint: {
            kind: EndpointKind.SERVERLESS, serverless: { memorySizeInMB: 4096, provisionedConcurrency: 1 },
            autoscaling: { maxCapacity: 4 },
          },
        },
        { name: 'prod', account: '333333333333', type: PROD },
        {
          name: 'documents', account: '333333333333', type: PROD, parallelWithPrevious: true, endpoint: {
            kind: EndpointKind.ASYNCHRONOUS,
            asynchronous: { errorTopicArn: 'arn:aws:sns:eu-west-1:333333333333:failed-documents' },
            autoscaling: {
              minCapacity: 0, maxCapacity: 4,
              schedules: [{
                name: 'mornings', schedule: 'cron(0 6 ? * MON-FRI *)', timeZone: 'Europe/Berlin', minCapacity: 1,
              }],
            },
          },
        },
      ],
    }],
  },
  // No endpoints: objects are scored as they arrive, and in production what is in buckets of others, on weekdays.
  batch: {
    name: 'churn', endpoint: { ...endpoint, kind: EndpointKind.BATCH, batch: { onArrival: true } },
    tooling: { account: '111111111111', region: 'eu-west-1' },
    deploymentGroups: [{
      name: 'main',
      buildEnvironment: { account: '222222222222' },
      deployEnvironments: [
        { name: 'staging', type: PREPROD },
        {
          name: 'prod', account: '333333333333', region: 'eu-central-1', type: PROD,
          endpoint: {
            instanceType: 'ml.g5.xlarge', instanceCount: 2, batch: {
              inputUri: 's3://customers/new/', outputUri: 's3://scores/churn/', inputFilter: '$[1:]',
              inputKeyArn: 'arn:aws:kms:eu-central-1:444444444444:key/01234567-89ab-cdef-0123-456789abcdef',
              schedule: 'cron(0 6 ? * MON-FRI *)', timeZone: 'Europe/Berlin',
            },
          },
          ...surroundings('a'),
        },
      ],
    }],
  },
  // Every control of governance: four accounts, and one for auditors that no developer administers.
  gxp: {
    name: 'churn', endpoint, tooling: { account: '111111111111', region: 'eu-west-1' },
    approvers: {
      models: { userArns: ['arn:aws:iam::222222222222:user/ana'], permissionSets: ['ModelOwner'] },
      deployments: { roleArns: ['arn:aws:iam::111111111111:role/people/releaser'] },
      infrastructure: { permissionSets: ['Platform'] },
    },
    governance: {
      profile: GovernanceProfile.GXP,
      auditTrail: { account: '999999999999', invocations: true },
      identities: [
        { name: 'Ana Almeida', aws: ['ana'], git: ['ana@example.org'], jira: ['5b10a2844c20165700ede21a'] },
        { name: 'Ben Bauer', aws: ['ben'], git: ['ben@example.org'] },
        { name: 'Eve Evans', aws: ['eve'], git: ['eve@example.org'], jira: ['5b10a2844c20165700ede21e'] },
      ],
      ruleApproval: { minimumImprovement: 0.01, maximumMissing: 0.2 },
      jira: {
        url: 'https://example.atlassian.net', projectKey: 'MLOPS',
        secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:ml/jira-AbCdEf',
      },
    },
    deploymentGroups: [
      { name: 'dev', sourceBranch: 'develop', buildEnvironment: { account: '222222222222', type: DEV } },
      {
        name: 'main',
        buildEnvironment: { account: '222222222222', type: PREPROD },
        deployEnvironments: [
          { name: 'staging', account: '333333333333', type: PREPROD },
          { name: 'prod', account: '444444444444', type: PROD },
        ],
      },
    ],
  },
  apis: APIS,
  // Monitors of each source, with every kind of them.
  monitored: MONITORED,
  ...BY_WORKFLOWS,
  longNames: {
    name: '@forecasting/customer-lifetime-value-for-the-subscription-business', endpoint,
    tooling: { account: '111111111111', region: 'ap-southeast-2' },
    containerRepositories: [{
      name: 'forecasting/inference/with-a-long-name', pullThroughCache: { upstreamRegistryUrl: 'quay.io' },
    }],
    deploymentGroups: ['campaigns', 'holidays'].map(word => ({
      name: `feature/customer-lifetime-value-with-weekly-seasonality-and-${word}`,
      buildEnvironment: { name: 'shared-build-environment.of-the_forecasting-team' },
      deployEnvironments: [
        { name: 'shared-development-environment.of-the_forecasting-team', type: DEV },
        {
          name: 'production-for-subscriptions-in-asia-and-australia', account: '222222222222', region: 'ap-southeast-1',
          type: PROD,
        },
      ],
    })),
  },
};

/** A network of an environment's own. */
function surroundings(digit: string) {
  const id = digit.repeat(17);
  return { network: { vpcId: `vpc-${id}`, subnetIds: [`subnet-${id}`], securityGroupIds: [`sg-${id}`] } };
}
