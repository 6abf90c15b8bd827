import type { AutoscalingOptions } from '../autoscaling';

/** Smallest and largest capacity. */
type Limits = readonly [number, number];

/**
 * Smallest and largest capacity at every time that the options name; the smallest is what the endpoint starts with
 * unless it is said.
 */
export function scalingLimits(
  { minCapacity, maxCapacity, schedules = [] }: AutoscalingOptions, initial: number,
): readonly [Limits, ...Limits[]] {
  const usual = [minCapacity ?? initial, maxCapacity] as const;
  return [usual, ...schedules.map(schedule => (
    [schedule.minCapacity ?? usual[0], schedule.maxCapacity ?? usual[1]] as const))];
}

/** The smallest capacity at any time. */
export function smallestCapacity(options: AutoscalingOptions, initial: number): number {
  return Math.min(...scalingLimits(options, initial).map(([least]) => least));
}

/** The largest capacity at any time. */
export function largestCapacity(options: AutoscalingOptions, initial: number): number {
  return Math.max(...scalingLimits(options, initial).map(([, most]) => most));
}
