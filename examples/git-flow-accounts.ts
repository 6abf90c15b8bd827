import { EnvironmentType, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * Git Flow over seven accounts: the pipelines run in a tooling account. `dev` is built in one account and comes to two
 * others at the same time; `main` is built in the preproduction account, tried there, accepted by its users in a third
 * one, and deployed to production after a manual approval.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'credit-risk',
  tooling: { account: '111111111111', region: 'eu-central-1' },
  deploymentGroups: [
    {
      name: 'dev',
      sourceBranch: 'dev',
      parameters: { InputDataUrl: 's3://example-data-dev/credit-risk/', TrainingInstanceType: 'ml.m5.large' },
      buildEnvironment: { name: 'dev-build', account: '222222222222', type: EnvironmentType.DEV },
      deployEnvironments: [
        { name: 'dev-a', account: '333333333333', type: EnvironmentType.DEV },
        { name: 'dev-b', account: '444444444444', type: EnvironmentType.DEV, parallelWithPrevious: true },
      ],
    },
    {
      name: 'main',
      sourceBranch: 'main',
      parameters: { InputDataUrl: 's3://example-data/credit-risk/' },
      buildEnvironment: { name: 'main-build', account: '555555555555', type: EnvironmentType.PREPROD },
      deployEnvironments: [
        { name: 'preprod', account: '555555555555', type: EnvironmentType.PREPROD },
        { name: 'acceptance', account: '777777777777', type: EnvironmentType.PREPROD, manualApproval: true },
        {
          name: 'prod', account: '666666666666', type: EnvironmentType.PROD,
          endpoint: { instanceType: 'ml.m5.xlarge', instanceCount: 2 },
        },
      ],
    },
  ],
  endpoint: { smokeTest: { body: '41,52000,0.31,3' } },
  notifications: { emailAddresses: ['credit-risk-team@example.org'] },
  permissionsBoundaryName: 'ml-boundary',
  tags: { team: 'credit-risk' },
};
