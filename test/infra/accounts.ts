import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';

/** Two groups over several accounts and two regions, with a boundary and a topic that is there already. */
export const ACCOUNTS: DeliveryOptions = {
  name: 'churn',
  endpoint: { smokeTest: { body: '1,2,3' } },
  tooling: { account: '111111111111', region: 'eu-west-1' },
  permissionsBoundaryName: 'team/limit',
  notifications: { topicArn: 'arn:aws:sns:eu-west-1:111111111111:operations' },
  deploymentGroups: [
    {
      name: 'dev',
      buildEnvironment: { name: 'build', account: '222222222222', region: 'eu-west-1', type: EnvironmentType.DEV },
      deployEnvironments: [
        { name: 'one', account: '333333333333', type: EnvironmentType.DEV },
        { name: 'two', account: '444444444444', region: 'us-east-1', type: EnvironmentType.DEV },
      ],
    },
    {
      name: 'main',
      buildEnvironment: { name: 'build', account: '222222222222', region: 'eu-west-1', type: EnvironmentType.PREPROD },
      deployEnvironments: [
        { name: 'staging', account: '222222222222', type: EnvironmentType.PREPROD },
        { name: 'prod', account: '555555555555', type: EnvironmentType.PROD },
      ],
    },
  ],
};
