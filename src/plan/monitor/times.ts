import { createHash } from 'node:crypto';
import type { MonitorKind, MonitorSettings } from './settings';
import { MonitorSchedule } from '../../options/monitoring';

/** The hourly job that fills the tables, among the kinds of runs. */
export const COMPACTION = 'compaction';

/** What the hourly job runs on: it holds an hour of rows at most in parts. */
export const COMPACTION_JOB = { instanceType: 'ml.m5.large', timeoutMinutes: 45 } as const;

/** Minute at which the tables get the hour before. */
const COMPACTION_MINUTE = 20;

/** Minutes within which EventBridge Scheduler may start what is due: CreateProcessingJob takes one call a second. */
export const FLEXIBLE_MINUTES = 5;

/** First minute at which monitors look at the hour before, and minutes over which they spread. */
const FIRST_MINUTE = 45;
const SPREAD_MINUTES = 10;

/** When the tables are filled (EventBridge Scheduler, UTC). */
export const COMPACTION_EXPRESSION = `cron(${COMPACTION_MINUTE} * * * ? *)`;

/**
 * When a monitor runs. Rows may come late, so one of a day or a week waits for some hours more; its window ends where
 * the day ends all the same.
 */
export function expressionOf({ kind, schedule }: Pick<MonitorSettings, 'kind' | 'schedule'>, name: string): string {
  const minute = minuteOf(kind, name);
  switch (schedule) {
    case MonitorSchedule.HOURLY: return `cron(${minute} * * * ? *)`;
    case MonitorSchedule.DAILY: return `cron(${minute} 2 * * ? *)`;
    case MonitorSchedule.WEEKLY: return `cron(${minute} 3 ? * MON *)`;
  }
}

/** Each monitor has a minute of its own, always the same. */
function minuteOf(kind: MonitorKind, name: string): number {
  const hash = createHash('sha256').update(`${kind} ${name}`).digest();
  return FIRST_MINUTE + hash.readUInt32BE(0) % SPREAD_MINUTES;
}
