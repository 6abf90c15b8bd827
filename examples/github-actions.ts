import {
  DeliveryEngine, DeploymentApprovals, EnvironmentType, type SageMakerCicdProjectOptions, SourceType, WorkflowJob,
} from 'sagemaker-cicd-projen';

/**
 * Workflows of GitHub Actions run the delivery: they build in one account and deploy to three others, each environment
 * behind its reviewers in the repository. A GitHub App starts a deployment as soon as somebody approves a version; its
 * key never leaves KMS. The model is trained again each week.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'churn-workflows',
  source: { type: SourceType.GITHUB, repository: 'example-org/churn' },
  tooling: { account: '111111111111', region: 'eu-west-1' },
  engine: {
    type: DeliveryEngine.GITHUB_ACTIONS,
    github: {
      // gh api repos/example-org/churn --jq '.id, .owner.id'
      repositoryId: '123456789',
      ownerId: '987654',
      approvals: DeploymentApprovals.ENVIRONMENTS,
      app: {
        appId: '4711',
        installationId: '815',
        keyArn: 'arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef',
      },
      // The App starts deployments; this run takes what it may have missed.
      sweepSchedule: '17 5 * * *',
      extraSteps: [
        { job: WorkflowJob.BUILD, name: 'type check', run: 'uv run --no-sync mypy model' },
        { job: WorkflowJob.PULL_REQUEST, name: 'spelling', run: 'npx --yes cspell@9 README.md' },
      ],
    },
  },
  retraining: { schedule: 'rate(7 days)' },
  deploymentGroups: [{
    name: 'main',
    buildEnvironment: { account: '222222222222', type: EnvironmentType.PREPROD },
    deployEnvironments: [
      { name: 'staging', account: '333333333333', type: EnvironmentType.PREPROD },
      { name: 'prod-eu', account: '444444444444', type: EnvironmentType.PROD },
      { name: 'prod-us', account: '444444444444', region: 'us-east-1', type: EnvironmentType.PROD, parallelWithPrevious: true },
    ],
  }],
};
