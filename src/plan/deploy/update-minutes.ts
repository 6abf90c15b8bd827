import { shiftMinutes } from '../../options/knowledge/api-shift-steps';
import { shiftOf } from '../endpoint/shift';
import type { PlannedGroup } from '../model';

/**
 * An execution waits until the update of an endpoint that is under way is over, and longer where that has waits and a
 * bake; where there is an API, also until requests have moved.
 */
export function updateMinutes({ environments }: PlannedGroup): number {
  const minutes = Math.max(0, ...environments.map(environment => (
    Math.ceil((shiftOf(environment)?.updateSeconds ?? 0) / 60) + shiftingMinutes(environment))));
  return Math.min(MOST_MINUTES, minutes);
}

/** The steps of a shift, its bake, and two hooks of at most 15 minutes each (`tools/deploy/shifting.py`). */
function shiftingMinutes({ api }: Pick<PlannedGroup['environments'][number], 'api'>): number {
  return api ? shiftMinutes(api.settings.shift) + Math.ceil(api.settings.bakeSeconds / 60) + HOOK_MINUTES : 0;
}

const HOOK_MINUTES = 30;

/** With the hour of each build the eight hours after which CodePipeline ends one (CodePipeline user guide, quotas). */
const MOST_MINUTES = 420;
