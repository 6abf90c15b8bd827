import { EndpointKind, EnvironmentType, type SageMakerCicdProjectOptions } from 'sagemaker-cicd-projen';

/**
 * The settings of AWS's sample for safe deployments: two instances that are scaled up to ten, every request captured,
 * and a canary whose alarms restore the previous model. Staging is serverless: it costs nothing while nobody calls it.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'churn-safe',
  endpoint: {
    instanceCount: 2,
    dataCapturePercentage: 100,
    autoscaling: {
      minCapacity: 2,
      maxCapacity: 10,
      invocationsPerInstance: 750,
      scaleInCooldownSeconds: 60,
      scaleOutCooldownSeconds: 60,
    },
  },
  deploymentGroups: [{
    name: 'main',
    deployEnvironments: [
      {
        name: 'staging',
        type: EnvironmentType.PREPROD,
        endpoint: { kind: EndpointKind.SERVERLESS, serverless: { memorySizeInMB: 2048, maxConcurrency: 2 } },
      },
      { name: 'prod', type: EnvironmentType.PROD },
    ],
  }],
};
