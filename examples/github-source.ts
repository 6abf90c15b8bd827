import { type SageMakerCicdProjectOptions, SourceType } from 'sagemaker-cicd-projen';

/** The repository is on GitHub, reached through a CodeConnections connection. */
export const options: SageMakerCicdProjectOptions = {
  name: 'recommendations',
  source: {
    type: SourceType.GITHUB,
    repository: 'example-org/recommendations',
    connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/01234567-89ab-cdef-0123-456789abcdef',
  },
};
