import type { NamedMonitoring } from './model';
import { type MonitorKind, MONITOR_WORDS } from './settings';
import { COMPACTION } from './times';
import { MonitorSchedule } from '../../options/monitoring';

/** What the name of an alarm on violations ends with, after the schedule's. */
export const VIOLATIONS = '-violations';

/** What the names of alarms on runs that do not come begin with; the kind of run follows. */
export function silentPrefix({ stateMachine }: Pick<NamedMonitoring, 'stateMachine'>): string {
  return `${stateMachine}-silent-`;
}

/**
 * Names of the alarms on runs that do not come. A weekly monitor has none: no alarm looks back so far; what keeps it
 * from running is told by the others, by its failed execution or by the queue.
 */
export function silentAlarms(monitoring: NamedMonitoring): {
  readonly monitors: { readonly [K in MonitorKind]?: string }; readonly compaction: string;
} {
  const prefix = silentPrefix(monitoring);
  return {
    monitors: Object.fromEntries(
      monitoring.settings.monitors.filter(({ schedule }) => schedule !== MonitorSchedule.WEEKLY)
        .map(({ kind }) => [kind, `${prefix}${MONITOR_WORDS[kind]}`]),
    ),
    compaction: `${prefix}${COMPACTION}`,
  };
}
