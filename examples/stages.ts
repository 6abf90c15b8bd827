import { EnvironmentType, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * Two branches in one account: `dev` is tried in an environment of its own, `main` goes to preprod and, after an
 * approval, to prod.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'demand',
  deploymentGroups: [
    {
      name: 'dev',
      sourceBranch: 'dev',
      deployEnvironments: [{ name: 'dev', type: EnvironmentType.DEV }],
    },
    {
      name: 'main',
      sourceBranch: 'main',
      deployEnvironments: [
        { name: 'preprod', type: EnvironmentType.PREPROD },
        { name: 'prod', type: EnvironmentType.PROD, endpoint: { instanceCount: 2 } },
      ],
    },
  ],
  tags: { team: 'forecasting' },
};
