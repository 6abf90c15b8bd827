import { placeChecks } from './checks/bootstrap-checks';
import { stackChecks } from './checks/stack-checks';
import type { PreflightCheck } from './preflight-check';
import type { JobDefaults } from './quotas';
import type { DeliveryPlan } from '../plan/model';
import type { Place } from '../plan/place';

/** Everything that must be there before the first deployment. */
export interface PreflightList {
  readonly project: string;
  readonly tooling: Place;
  readonly qualifier: string;
  readonly checks: readonly PreflightCheck[];
}

/**
 * Lists what must be there; looks at nothing.
 *
 * @param jobs what jobs run on where a group's parameters do not say it
 */
export function preflightList(plan: DeliveryPlan, jobs: JobDefaults = {}): PreflightList {
  const { delivery } = plan;
  return {
    project: delivery.name,
    tooling: delivery.tooling,
    qualifier: delivery.infrastructure.bootstrapQualifier,
    checks: once([...placeChecks(plan), ...stackChecks(plan, jobs)]),
  };
}

/** The same thing is looked at once, even if several environments need it. */
function once(checks: readonly PreflightCheck[]): PreflightCheck[] {
  const key = ({ kind, place, wants }: PreflightCheck) => JSON.stringify([
    kind,
    kind === 'boundary' ? place.account : [place.account, place.region],
    wants,
  ]);
  return checks.filter((check, i) => checks.findIndex(other => key(other) === key(check)) === i);
}
