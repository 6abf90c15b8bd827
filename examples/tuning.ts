import type { SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * Hyperparameter tuning: 30 trials, three at a time, on spot instances; the one with the highest area under the ROC
 * curve of the validation set is evaluated and registered.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'fraud',
  training: {
    useSpotInstances: true,
    tuning: {
      ranges: [
        { name: 'eta', minimum: 0.01, maximum: 0.5, scale: 'Logarithmic' },
        { name: 'max_depth', minimum: 2, maximum: 10 },
        { name: 'subsample', values: [0.6, 0.8, 1] },
      ],
      objective: 'validation:auc',
      maxTrials: 30,
      maxParallelTrials: 3,
      earlyStopping: 'Auto',
    },
  },
};
