import {
  ApiRelease, ApiShiftStrategy, ApiType, EndpointKind, EnvironmentType, type SageMakerCicdProjectOptions,
} from 'sagemaker-cicd-projen';

/**
 * The settings of AWS's sample for safe deployments: two instances that are scaled up to ten, every request captured,
 * and `POST /api` on a REST API in front. Each model gets an endpoint of its own; CodeDeploy moves 10 % of the requests
 * to it for 5 minutes, tests it before and after, and returns when an alarm of one minute fires. Staging is serverless:
 * it costs nothing while nobody calls it.
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
    api: {
      type: ApiType.REST,
      release: ApiRelease.PER_RELEASE,
      path: 'api',
      shift: { strategy: ApiShiftStrategy.CANARY, percent: 10, minutes: 5 },
      alarms: { serverErrorPercent: 1 },
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
