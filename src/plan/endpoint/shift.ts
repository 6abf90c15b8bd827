import type { NamedEnvironment } from './model';
import { fleetOf, onInstances } from '../../options/knowledge/endpoint-shape';
import { isWatched, type TrafficShift, trafficShift } from '../../options/knowledge/traffic-shift';

/** How an endpoint is updated; undefined where everything moves at once and nobody looks. */
export function shiftOf({ endpoint }: Pick<NamedEnvironment, 'endpoint'>): TrafficShift | undefined {
  const shift = endpoint.deployment && onInstances(endpoint.kind)
    ? trafficShift(endpoint.deployment, fleetOf(endpoint)) : undefined;
  return shift && isWatched(shift) ? shift : undefined;
}

/** Alarms of an endpoint's deployments; no endpoint has a slash in its name, so no other one's begin so. */
export function alarmsOf(endpointName: string): string {
  return `alarm:${endpointName}/*`;
}
