import { EnvironmentType, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

const DEV = { account: '222222222222', type: EnvironmentType.DEV };
const PROD = { account: '333333333333', type: EnvironmentType.PROD };

/**
 * Several lines of delivery in the same two accounts, two of them from the same branch: one model for each market,
 * built where it is tried.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'pricing',
  tooling: { account: '111111111111', region: 'eu-west-1' },
  deploymentGroups: [
    { name: 'experiments', sourceBranch: 'develop', buildEnvironment: { name: 'build', ...DEV } },
    {
      name: 'north',
      sourceBranch: 'main',
      parameters: { InputDataUrl: 's3://example-sales/north/' },
      buildEnvironment: { name: 'build', ...DEV },
      deployEnvironments: [{ name: 'try', ...DEV }, { name: 'prod', ...PROD }],
    },
    {
      name: 'south',
      sourceBranch: 'main',
      parameters: { InputDataUrl: 's3://example-sales/south/' },
      buildEnvironment: { name: 'build', ...DEV },
      deployEnvironments: [{ name: 'try', ...DEV }, { name: 'prod', ...PROD }],
    },
  ],
  containerRepositories: [{ name: 'inference' }],
};
