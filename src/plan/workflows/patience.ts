import { JOB_SESSION_HOURS } from './trust';
import { DeploymentApprovals, type GithubActionsOptions } from '../../options/github-actions';
import type { Filled } from '../../options/schemas/filled';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The longest that a run takes, with its waits for people (GitHub documentation, "Actions limits"). */
const RUN_DAYS = 35;

/**
 * After how many seconds a request that no run has taken is something to tell of: an App starts a run within seconds,
 * and tries for hours; hourly runs come late or not at all when many are due at GitHub (GitHub documentation, "Events
 * that trigger workflows", schedule). Any other schedule gets a day, and so does GitLab, whose schedules are in no file.
 */
export function patienceSeconds(
  github?: Pick<Filled<'GithubActionsOptions', GithubActionsOptions>, 'app' | 'sweepSchedule'>,
): number {
  if (!github) { return 25 * HOUR; }
  const [, ...others] = github.sweepSchedule.split(/\s+/);
  const isHourly = others.every(field => field === '*');
  return (github.app || isHourly ? 4 : 25) * HOUR;
}

/** What is deployed to at the same time. */
interface Wave { readonly environments: ReadonlyArray<{ readonly manualApproval: boolean }> }

/**
 * After how many seconds a run that has taken a request, and has not said how it ended, is lost. Reviewers of the host
 * are waited for as long as a run may take. Otherwise a run is over when all its jobs are, one after the other, and as
 * long again for runners that are not free.
 */
export function runSeconds(
  github: Pick<Filled<'GithubActionsOptions', GithubActionsOptions>, 'approvals'> | undefined,
  { waves }: { readonly waves: readonly Wave[] },
): number {
  const asks = github?.approvals === DeploymentApprovals.ENVIRONMENTS
    && waves.some(({ environments }) => environments.some(({ manualApproval }) => manualApproval));
  return asks ? RUN_DAYS * DAY : 2 * (waves.length + 1) * JOB_SESSION_HOURS * HOUR;
}
