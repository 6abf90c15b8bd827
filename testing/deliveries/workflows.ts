import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { repository } from './synth';
import { infra } from '../../src';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DeliveryEngine } from '../../src/options/delivery-engine';
import { EnvironmentType } from '../../src/options/deployment-group';
import { DeploymentApprovals } from '../../src/options/github-actions';
import { GovernanceProfile } from '../../src/options/governance';
import { SourceType } from '../../src/options/source';

const { PREPROD, PROD } = EnvironmentType;
const source = { type: SourceType.GITHUB, repository: 'acme/churn' };
const ids = { repositoryId: '123456789', ownerId: '987654' };
const endpoint = { smokeTest: { body: '1,2,3' } };

/** Deliveries that workflows of GitHub Actions run: in one account, and over many with a GitHub App. */
export const BY_WORKFLOWS: { readonly [name: string]: DeliveryOptions } = {
  workflows: {
    name: 'churn', endpoint, source, tooling: { account: '111111111111', region: 'eu-west-1' },
    engine: { type: DeliveryEngine.GITHUB_ACTIONS, github: { ...ids, approvals: DeploymentApprovals.AWS } },
  },
  workflowsOfAccounts: {
    name: 'churn', endpoint, source, tooling: { account: '111111111111', region: 'eu-west-1' },
    engine: {
      type: DeliveryEngine.GITHUB_ACTIONS,
      github: {
        ...ids,
        app: {
          appId: '4711', installationId: '815',
          keyArn: 'arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef',
        },
      },
    },
    permissionsBoundaryName: 'team/limit',
    deploymentGroups: [
      {
        name: 'dev', buildEnvironment: { account: '222222222222' },
        deployEnvironments: [{ name: 'dev', account: '333333333333' }],
      },
      {
        name: 'main',
        buildEnvironment: { account: '555555555555', type: PREPROD },
        deployEnvironments: [
          { name: 'preprod', account: '555555555555', type: PREPROD },
          { name: 'acceptance', account: '777777777777', type: PREPROD, parallelWithPrevious: true },
          { name: 'eu', account: '666666666666', type: PROD, endpoint: { deployment: {} } },
          { name: 'us', account: '666666666666', region: 'us-east-1', type: PROD, parallelWithPrevious: true },
        ],
      },
    ],
    retraining: { schedule: 'rate(7 days)' },
  },
  // With every control: people decide by starting a state machine, and GitHub says who built.
  workflowsGxp: {
    name: 'churn', endpoint, source, tooling: { account: '111111111111', region: 'eu-west-1' },
    engine: { type: DeliveryEngine.GITHUB_ACTIONS, github: { ...ids, approvals: DeploymentApprovals.AWS } },
    approvers: {
      models: { userArns: ['arn:aws:iam::222222222222:user/ana'] },
      deployments: { userArns: ['arn:aws:iam::111111111111:user/eve'] },
    },
    governance: {
      profile: GovernanceProfile.GXP,
      auditTrail: { account: '999999999999' },
      sourceTokenArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:ml/github-AbCdEf',
      identities: [
        { name: 'Ana Almeida', aws: ['ana'], git: ['ana-a'] },
        { name: 'Ben Bauer', aws: ['ben'], git: ['ben-b'] },
        { name: 'Eve Evans', aws: ['eve'], git: ['eve-e'] },
      ],
    },
    deploymentGroups: [{
      name: 'main',
      buildEnvironment: { account: '222222222222', type: PREPROD },
      deployEnvironments: [
        { name: 'staging', account: '333333333333', type: PREPROD },
        { name: 'prod', account: '444444444444', type: PROD },
      ],
    }],
  },
};

/** Synthesizes one of them into a folder in the given one. */
export function synthesizeWorkflows(name: string, parent: string): string {
  const app = new App({ outdir: path.join(parent, name) });
  const config = path.join(repository(BY_WORKFLOWS[name]), 'config', 'delivery.json');
  infra.SageMakerCicd.fromConfig(app, 'Delivery', config);
  return app.synth().directory;
}
