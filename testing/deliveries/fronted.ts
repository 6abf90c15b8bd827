import * as path from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { repository } from './synth';
import { infra } from '../../src';
import { ApiRelease, ApiType } from '../../src/options/api';
import { ApiAuthorization } from '../../src/options/api-authorization';
import { ApiShiftStrategy } from '../../src/options/api-shift';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';

/**
 * An API in front of each endpoint, in both ways of release: an HTTP API whose endpoint is updated in place, and behind
 * it a REST API with an endpoint for each package, to which a part of the requests moves first.
 */
export const FRONTED: DeliveryOptions = {
  name: 'churn',
  endpoint: { smokeTest: { body: '1,2,Ada,c1' } },
  tooling: { account: '111111111111', region: 'eu-west-1' },
  deploymentGroups: [{
    name: 'main',
    buildEnvironment: { account: '222222222222' },
    deployEnvironments: [
      {
        name: 'staging', account: '333333333333', type: EnvironmentType.PREPROD, endpoint: {
          api: {
            authorization: { type: ApiAuthorization.JWT, issuer: 'https://login.example.org', audience: ['churn'] },
          },
        },
      },
      {
        name: 'prod', account: '444444444444', type: EnvironmentType.PROD, endpoint: {
          instanceCount: 2, autoscaling: { minCapacity: 2, maxCapacity: 4, invocationsPerInstance: 750 },
          api: {
            type: ApiType.REST, release: ApiRelease.PER_RELEASE,
            shift: { strategy: ApiShiftStrategy.CANARY, percent: 25, minutes: 2 }, bakeSeconds: 120,
            predictionLog: { omitColumns: ['name'] }, rest: { usagePlans: [{ name: 'billing' }] },
          },
        },
      },
    ],
  }],
};

/** Synthesizes it into a folder in the given one; handlers with another memory make its infrastructure another one. */
export function synthesizeFronted(parent: string, memorySizeInMB?: number): string {
  const app = new App({ outdir: path.join(parent, memorySizeInMB === undefined ? 'fronted' : 'fronted-changed') });
  const delivery = memorySizeInMB === undefined ? FRONTED : withMemory(FRONTED, memorySizeInMB);
  infra.SageMakerCicd.fromConfig(app, 'Delivery', path.join(repository(delivery), 'config', 'delivery.json'));
  return app.synth().directory;
}

/** The same delivery with another memory of the handlers. */
export function withMemory(delivery: DeliveryOptions, memorySizeInMB: number): DeliveryOptions {
  return {
    ...delivery,
    deploymentGroups: delivery.deploymentGroups!.map(group => ({
      ...group,
      deployEnvironments: group.deployEnvironments!.map(environment => ({
        ...environment,
        endpoint: { ...environment.endpoint, api: { ...environment.endpoint!.api, memorySizeInMB } },
      })),
    })),
  };
}
