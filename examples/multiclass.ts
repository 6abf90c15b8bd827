import type { SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/** Several classes, judged by the F1 score over all of them, and a step cache that forgets after a day. */
export const options: SageMakerCicdProjectOptions = {
  name: 'digits',
  problemType: 'multiclass',
  training: { cacheExpireAfter: 'P1D' },
  qualityGate: { metric: 'macro_f1', threshold: 0.9 },
};
