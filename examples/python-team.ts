import type { SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/** For a team that writes Python alone: the options live in `.projenrc.py` and the CDK app in `infra/app.py`. */
export const options: SageMakerCicdProjectOptions = {
  name: 'segmentation',
  projenrcPython: true,
  problemType: 'multiclass',
  framework: 'sklearn',
};
