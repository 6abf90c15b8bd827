import type { NamedEnvironment } from './model';
import { fleetOf, onInstances } from '../../options/knowledge/endpoint-shape';
import { isWatched, type TrafficShift, trafficShift } from '../../options/knowledge/traffic-shift';

/** How an endpoint is updated; undefined where everything moves at once and nobody looks. */
export function shiftOf({ endpoint }: Pick<NamedEnvironment, 'endpoint'>): TrafficShift | undefined {
  const shift = endpoint.deployment && onInstances(endpoint.kind)
    ? trafficShift(endpoint.deployment, fleetOf(endpoint)) : undefined;
  return shift && isWatched(shift) ? shift : undefined;
}

/** What looks at an endpoint after a deployment. */
export interface Watch {
  readonly watchSeconds: number;
  readonly ownAlarmNames: readonly string[];
}

/** What looks at an endpoint after a deployment; undefined where nothing does. */
export function watchOf(environment: Pick<NamedEnvironment, 'endpoint'>): Watch | undefined {
  const shift = shiftOf(environment);
  return shift && shift.watchSeconds > 0
    ? { watchSeconds: shift.watchSeconds, ownAlarmNames: shift.alarms.ownAlarmNames } : undefined;
}

/**
 * The namespace of what the deploy tools count for an endpoint, such as wrong answers to golden rows. Each endpoint has
 * its own, because that is what IAM can limit (service authorization reference, `cloudwatch:namespace`).
 */
export function metricNamespace(endpointName: string): string {
  return `sagemaker-cicd/${endpointName}`;
}

/** How many deployments a smoke test has proven, in the same namespace. */
export const PROVEN_METRIC = 'ProvenDeployments';

/** How many answers to golden rows were neither measured nor the old model's. */
export const PROBE_METRIC = 'GoldenMismatches';

/** Alarms of an endpoint's deployments; no endpoint has a slash in its name, so no other one's begin so. */
export function alarmsOf(endpointName: string): string {
  return `alarm:${endpointName}/*`;
}
