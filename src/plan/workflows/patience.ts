import type { GithubActionsOptions } from '../../options/github-actions';
import type { Filled } from '../../options/schemas/filled';

const HOUR = 3600;

/**
 * After how many seconds a request that no run has taken is something to tell of: an App starts a run within seconds,
 * and tries for hours; hourly runs come late or not at all when many are due at GitHub (GitHub documentation, "Events
 * that trigger workflows", schedule). Any other schedule gets a day.
 */
export function patienceSeconds(
  { app, sweepSchedule }: Pick<Filled<'GithubActionsOptions', GithubActionsOptions>, 'app' | 'sweepSchedule'>,
): number {
  const [, ...others] = sweepSchedule.split(/\s+/);
  const isHourly = others.every(field => field === '*');
  return (app || isHourly ? 4 : 25) * HOUR;
}
