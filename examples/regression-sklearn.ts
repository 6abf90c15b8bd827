import type { SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/** A regression with scikit-learn that is registered only when its mean absolute error is small enough. */
export const options: SageMakerCicdProjectOptions = {
  name: 'house-prices',
  framework: 'sklearn',
  problemType: 'regression',
  training: {
    hyperparameters: { max_leaf_nodes: 15, learning_rate: 0.03 },
  },
  qualityGate: { metric: 'mae', comparison: '<', threshold: 55 },
};
