import { updateMinutes } from '../../plan/deploy/update-minutes';
import type { PlannedGroup } from '../../plan/model';
import { JOB_SESSION_HOURS } from '../../plan/workflows/trust';

/** For how long a job of a release may run, and its session last. */
export function releaseHours(group: PlannedGroup): number {
  return Math.min(JOB_SESSION_HOURS, 1 + Math.ceil(updateMinutes(group) / 60));
}

/**
 * For how long a job waits for a decision in AWS: what its session leaves after the update, but half an hour anyway.
 */
export function approvalMinutes(group: PlannedGroup): number {
  return Math.max(30, 60 * (JOB_SESSION_HOURS - releaseHours(group)));
}
