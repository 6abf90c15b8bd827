import type { SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * One environment for everything: `main` is built in it and, after the approval of the model, deployed to it. The
 * infrastructure is deployed manually.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'lead-scoring',
  deploymentGroups: [{ name: 'main', buildEnvironment: { name: 'lab' } }],
  infrastructure: { pipeline: false },
};
