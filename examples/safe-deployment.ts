import {
  ApiRelease, ApiShiftStrategy, ApiType, EndpointKind, EnvironmentType, MonitorSchedule, RetrainingReason,
  type SageMakerCicdProjectOptions,
} from 'sagemaker-cicd-projen';

/**
 * The settings of AWS's sample for safe deployments: two instances that are scaled up to ten, every request captured,
 * and `POST /api` on a REST API in front. Each model gets an endpoint of its own; CodeDeploy moves 10 % of the requests
 * to it for 5 minutes, tests it before and after, and returns when an alarm of one minute fires. Each hour a monitor
 * compares what production was asked with the training rows: a distance of more than 0.20 in `total_amount` trains the
 * model again, at most once a day. Staging is serverless: it costs nothing while nobody calls it.
 */
export const options: SageMakerCicdProjectOptions = {
  name: 'taxi-safe',
  problemType: 'regression',
  training: { inputDataUrl: 's3://example-taxi-rides/2026/', targetColumn: 'tip_amount' },
  qualityGate: { metric: 'mae', comparison: '<', threshold: 1.5 },
  retraining: { coolDownHours: 24, maxPerDay: 1 },
  endpoint: {
    instanceCount: 2,
    // One ride as callers send it: passengers, miles, minutes, total amount.
    smokeTest: { body: '1,2.4,11,14.3' },
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
      {
        name: 'prod',
        type: EnvironmentType.PROD,
        endpoint: {
          monitoring: {
            dataQuality: { schedule: MonitorSchedule.HOURLY, thresholds: { total_amount: 0.2 } },
            retrainOn: [RetrainingReason.DRIFT],
          },
        },
      },
    ],
  }],
};
