import { EnvironmentType, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * Built in one region and served in two: the approved model is copied to the second one, which has a key and a network
 * of its own.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'ranking',
  tooling: { account: '111111111111', region: 'eu-west-1' },
  deploymentGroups: [
    {
      name: 'main',
      buildEnvironment: { name: 'build', account: '222222222222' },
      deployEnvironments: [
        { name: 'staging', type: EnvironmentType.PREPROD },
        { name: 'prod-eu', account: '333333333333', type: EnvironmentType.PROD },
        {
          name: 'prod-us', account: '333333333333', region: 'us-east-1', type: EnvironmentType.PROD,
          parallelWithPrevious: true,
          network: {
            vpcId: 'vpc-0b000000000000001', subnetIds: ['subnet-0b000000000000001'],
            securityGroupIds: ['sg-0b000000000000001'],
          },
          endpoint: { kmsKeyArn: 'arn:aws:kms:us-east-1:333333333333:key/01234567-89ab-cdef-0123-456789abcdef' },
        },
      ],
    },
  ],
};
