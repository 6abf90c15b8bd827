import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { repository } from './synth';
import { infra } from '../../src';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DeliveryEngine } from '../../src/options/delivery-engine';
import { EnvironmentType } from '../../src/options/deployment-group';
import { DeploymentApprovals } from '../../src/options/github-actions';
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
};

/** Synthesizes one of them into a folder in the given one. */
export function synthesizeWorkflows(name: string, parent: string): string {
  const app = new App({ outdir: path.join(parent, name) });
  const config = path.join(repository(BY_WORKFLOWS[name]), 'config', 'delivery.json');
  infra.SageMakerCicd.fromConfig(app, 'Delivery', config);
  return app.synth().directory;
}
