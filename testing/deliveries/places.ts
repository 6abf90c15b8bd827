import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';

const endpoint = { smokeTest: { body: '1,2,3' } };

/** Accounts by what they are for. */
export const ACCOUNTS =
  { tooling: '111111111111', build: '222222222222', preprod: '333333333333', prod: '444444444444' } as const;

/**
 * Pipelines, build and environments in accounts of their own; production in two regions at the same time, one of which
 * is not the build's; an environment without and one with a manual approval in that wave.
 */
export const SEVERAL_PLACES: DeliveryOptions = {
  name: 'churn',
  endpoint,
  tooling: { account: ACCOUNTS.tooling, region: 'eu-west-1' },
  containerRepositories: [{ name: 'serving' }],
  deploymentGroups: [{
    name: 'main',
    buildEnvironment: { account: ACCOUNTS.build, region: 'eu-west-1', type: EnvironmentType.PREPROD },
    deployEnvironments: [
      { name: 'preprod', account: ACCOUNTS.preprod, type: EnvironmentType.PREPROD },
      { name: 'prod-eu', account: ACCOUNTS.prod, type: EnvironmentType.PROD, manualApproval: false },
      {
        name: 'prod-us', account: ACCOUNTS.prod, region: 'us-east-1', type: EnvironmentType.PROD,
        parallelWithPrevious: true,
      },
    ],
  }],
};
