import type { SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/** Everything by default: XGBoost on a binary problem, one account, staging and then prod. */
export const options: SageMakerCicdProjectOptions = {
  name: 'churn',
};
