import { ApiRelease, ApiType } from '../../src/options/api';
import { ApiAuthorization } from '../../src/options/api-authorization';
import { ApiShiftStrategy } from '../../src/options/api-shift';
import type { DeliveryOptions } from '../../src/options/delivery';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind } from '../../src/options/endpoint';

const endpoint = { smokeTest: { body: '1,2,3' } };
const { DEV, PREPROD, PROD } = EnvironmentType;

/** An API in front of every endpoint, in both ways of release. */
export const APIS: DeliveryOptions = {
  name: 'churn', endpoint: { ...endpoint, api: {} }, tooling: { account: '111111111111', region: 'eu-west-1' },
  deploymentGroups: [{
    name: 'main',
    buildEnvironment: { account: '222222222222' },
    deployEnvironments: [
      {
        name: 'dev', type: DEV, endpoint: {
          kind: EndpointKind.SERVERLESS, api: {
            release: ApiRelease.PER_RELEASE, cors: { allowOrigins: ['https://app.example.org'] },
            authorization: {
              type: ApiAuthorization.JWT, issuer: 'https://login.example.org', audience: ['churn'],
              scopes: ['churn/predict'],
            },
            shift: { strategy: ApiShiftStrategy.LINEAR, percent: 25, minutes: 2 }, bakeSeconds: 60,
          },
        },
      },
      { name: 'staging', account: '333333333333', type: PREPROD, endpoint: { instanceCount: 2 } },
      {
        name: 'prod', account: '444444444444', type: PROD, endpoint: {
          instanceCount: 2, autoscaling: { minCapacity: 2, maxCapacity: 4, invocationsPerInstance: 750 },
          api: {
            type: ApiType.REST, release: ApiRelease.PER_RELEASE, path: 'api', predictionLog: {
              omitColumns: ['name'],
            },
            rest: {
              usagePlans: [{ name: 'billing', requestsPerDay: 100000 }],
              webAclArn: 'arn:aws:wafv2:eu-west-1:444444444444:regional/webacl/apis/'
                + '01234567-89ab-cdef-0123-456789abcdef',
            },
            domain: {
              name: 'churn.example.org', hostedZoneId: 'Z0123456789ABCDEFGHIJ',
              certificateArn: 'arn:aws:acm:eu-west-1:444444444444:certificate/01234567-89ab-cdef-0123-456789abcdef',
            },
          },
        },
      },
      {
        name: 'documents', account: '444444444444', type: PROD, parallelWithPrevious: true, endpoint: {
          kind: EndpointKind.ASYNCHRONOUS, api: {
            type: ApiType.REST, rest: { privateVpcEndpointIds: ['vpce-0123456789abcdef0'] },
            reservedConcurrency: 20,
          },
        },
      },
    ],
  }],
};
