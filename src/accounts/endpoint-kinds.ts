import type { PreflightCheck } from './preflight-check';
import type { EndpointKind } from '../options/endpoint';
import { largestCapacity } from '../options/knowledge/scaling-limits';
import type { PlannedEnvironment } from '../plan/endpoint/model';
import { placeOf } from '../plan/place';

/** Instances of a type. */
export interface Instances {
  readonly type: string;
  readonly count: number;
}

/** What a kind of endpoint needs on AWS before it is deployed; the plan's side of the same list is `ENDPOINT_KINDS`. */
interface ChecksOfEndpointKind {
  /** What it runs on between two deployments; of its quota an update needs as much again. */
  readonly instances: (environment: PlannedEnvironment) => readonly Instances[];
  /** What else has to be there. */
  readonly checks: (environment: PlannedEnvironment) => readonly PreflightCheck[];
}

const onInstances: ChecksOfEndpointKind = {
  // A scaled endpoint may have all of its instances when it is updated.
  instances: ({ endpoint: { instanceType: type, instanceCount, autoscaling } }) => [{
    type, count: autoscaling ? largestCapacity(autoscaling, instanceCount) : instanceCount,
  }],
  checks: ({ place, endpoint: { deployment } }) => (deployment?.alarms?.ownAlarmNames ?? []).map(name => ({
    kind: 'alarm',
    title: `Alarm ${name}, which rolls back deployments`,
    place: placeOf(place),
    wants: { name },
    fix: 'Create a metric alarm of this name in this account and region, or remove it from '
      + 'endpoint.deployment.alarms.ownAlarmNames: SageMaker refuses an update whose alarms do not exist.',
  })),
};

export const ENDPOINT_CHECKS: { readonly [K in EndpointKind]: ChecksOfEndpointKind } = {
  realtime: onInstances,
  asynchronous: onInstances,
  // Service Quotas has no quota of instances for it.
  serverless: { instances: () => [], checks: () => [] },
  // What jobs run on has quotas of its own, see `transformQuotas`.
  batch: { instances: () => [], checks: () => [] },
};
