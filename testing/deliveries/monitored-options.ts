import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind } from '../../src/options/endpoint';
import { MonitorSchedule, RetrainingReason } from '../../src/options/monitoring';
import { RetrainingCommit } from '../../src/options/retraining';

/**
 * Monitors of each source: of scores in batches, of captured requests with labels by inference ID, and of what an API
 * keeps, with every kind of monitor and a retraining.
 */
export const MONITORED: DeliveryOptions = {
  name: 'churn',
  endpoint: { smokeTest: { body: '1,2,Ada,c1' } },
  tooling: { account: '111111111111', region: 'eu-west-1' },
  retraining: { commit: RetrainingCommit.LIVE, coolDownHours: 12, maxPerDay: 2 },
  deploymentGroups: [{
    name: 'main',
    buildEnvironment: { account: '222222222222' },
    retraining: {
      schedule: 'rate(7 days)', newDataUri: 's3://churn-data/new/', coolDownHours: 12, maxPerDay: 2,
    },
    deployEnvironments: [
      {
        name: 'scores', account: '333333333333', type: EnvironmentType.DEV, endpoint: {
          kind: EndpointKind.BATCH,
          monitoring: { groundTruth: { idColumn: 'customer_id' }, modelQuality: {} },
        },
      },
      {
        name: 'staging', account: '333333333333', type: EnvironmentType.PREPROD, endpoint: {
          dataCapturePercentage: 100,
          monitoring: { groundTruth: {}, modelQuality: { schedule: MonitorSchedule.WEEKLY } },
        },
      },
      {
        name: 'prod', account: '444444444444', type: EnvironmentType.PROD, endpoint: {
          instanceCount: 2,
          api: { predictionLog: { omitColumns: ['name'] } },
          monitoring: {
            omitColumns: ['name'],
            groundTruth: { idColumn: 'customer_id', waitHours: 48 },
            dataQuality: { schedule: MonitorSchedule.HOURLY, thresholds: { total_amount: 0.2 } },
            modelQuality: { thresholds: { accuracy: 0.7 } },
            bias: { facets: [{ column: 'sex', values: ['f'] }], positiveLabels: ['yes'] },
            attribution: { schedule: MonitorSchedule.WEEKLY },
            retrainOn: [RetrainingReason.DRIFT, RetrainingReason.QUALITY],
          },
        },
      },
    ],
  }],
};
