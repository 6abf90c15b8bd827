import {
  DeliveryEngine, EnvironmentType, type SageMakerCicdProjectOptions, SourceType, WorkflowJob,
} from 'sagemaker-cicd-projen';

/**
 * Pipelines of GitLab CI/CD at gitlab.com run the delivery, on runners of the team: they build in one account and deploy
 * to two others. People approve production in AWS. A schedule of the project takes what waits.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'churn-gitlab',
  source: { type: SourceType.GITLAB, repository: 'example-group/ml/churn' },
  tooling: { account: '111111111111', region: 'eu-west-1' },
  engine: {
    type: DeliveryEngine.GITLAB_CI,
    gitlab: {
      // From the project's page: three dots, "Copy project ID".
      projectId: '87654321',
      tags: ['ml-team'],
      extraSteps: [{ job: WorkflowJob.BUILD, name: 'type check', run: 'uv run --no-sync mypy model' }],
    },
  },
  deploymentGroups: [{
    name: 'main',
    buildEnvironment: { account: '222222222222', type: EnvironmentType.PREPROD },
    deployEnvironments: [
      { name: 'staging', account: '333333333333', type: EnvironmentType.PREPROD },
      { name: 'prod', account: '444444444444', type: EnvironmentType.PROD },
    ],
  }],
};
