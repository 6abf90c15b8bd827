import type { SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * Training on spare capacity, up to 90 % cheaper: it may be interrupted, and waits at most four hours for a machine.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'fraud',
  training: {
    instanceType: 'ml.m5.4xlarge',
    useSpotInstances: true,
    maxRunSeconds: 2 * 3600,
    maxWaitSeconds: 4 * 3600,
  },
};
