import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { repository } from './synth';
import { infra } from '../../src';
import { ApiAuthorization } from '../../src/options/api-authorization';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { MonitorSchedule, RetrainingReason } from '../../src/options/monitoring';
import { RetrainingCommit } from '../../src/options/retraining';

/**
 * Two environments that are watched, each from another source: what SageMaker captures at the first endpoint, where a
 * drift trains the model again; what the API in front of the second one keeps, with labels that come an hour later.
 */
export const WATCHED: DeliveryOptions = {
  name: 'churn',
  endpoint: { smokeTest: { body: '1,2,Ada,c1' } },
  tooling: { account: '111111111111', region: 'eu-west-1' },
  retraining: { commit: RetrainingCommit.LIVE, coolDownHours: 12, maxPerDay: 2 },
  deploymentGroups: [{
    name: 'main',
    buildEnvironment: { account: '222222222222' },
    deployEnvironments: [
      {
        name: 'staging', account: '333333333333', type: EnvironmentType.PREPROD, endpoint: {
          dataCapturePercentage: 100,
          monitoring: {
            dataQuality: { schedule: MonitorSchedule.HOURLY, thresholds: { age: 0.2 } },
            retrainOn: [RetrainingReason.DRIFT],
          },
        },
      },
      {
        name: 'prod', account: '444444444444', type: EnvironmentType.PROD, endpoint: {
          api: {
            authorization: { type: ApiAuthorization.JWT, issuer: 'https://login.example.org', audience: ['churn'] },
            predictionLog: { omitColumns: ['name'] },
          },
          monitoring: {
            omitColumns: ['name'],
            groundTruth: { idColumn: 'customer', waitHours: 1 },
            dataQuality: { schedule: MonitorSchedule.DAILY },
            modelQuality: { schedule: MonitorSchedule.HOURLY, thresholds: { accuracy: 0.7 } },
            retrainOn: [RetrainingReason.DRIFT],
          },
        },
      },
    ],
  }],
};

/** Synthesizes it into a folder in the given one. */
export function synthesizeWatched(parent: string): string {
  const app = new App({ outdir: path.join(parent, 'watched') });
  infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(repository(WATCHED), 'config', 'delivery.json'));
  return app.synth().directory;
}
