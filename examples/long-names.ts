import { EnvironmentType, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/** Long names and branches with slashes: names in AWS are cut, and a hash keeps them apart. */
export const options: SageMakerCicdProjectOptions = {
  name: 'customer-lifetime-value-of-the-subscription-team',
  tooling: { account: '111111111111', region: 'ap-southeast-2' },
  deploymentGroups: [
    {
      name: 'feature/customer-lifetime-value-with-weekly-seasonality-and-campaigns',
      deployEnvironments: [
        { name: 'shared-development-environment-of-the-forecasting-team', type: EnvironmentType.DEV },
      ],
    },
    {
      name: 'feature/customer-lifetime-value-with-weekly-seasonality-and-holidays',
      sourceBranch: 'feature/customer-lifetime-value/with-weekly-seasonality-and-holidays',
      deployEnvironments: [
        { name: 'shared-development-environment-of-the-forecasting-team', type: EnvironmentType.DEV },
        {
          name: 'production.environment_for-subscriptions-in-asia-and-australia', account: '222222222222',
          region: 'ap-southeast-1', type: EnvironmentType.PROD,
        },
      ],
    },
  ],
  containerRepositories: [{ name: 'forecasting/inference/with-a-long-name' }],
};
