import { MONITOR_WORDS, type MonitoringSettings, monitoringSettings } from './settings';
import type { EndpointShape } from '../../options/knowledge/endpoint-shape';
import { sourceOf, sourcesOf } from '../../options/knowledge/monitoring-matrix';
import { type GroupWords, namerFor } from '../names/planned-names';
import type { Place } from '../place';

/** The monitoring of an environment, and its roles; nothing without it. */
export function nameMonitoring(group: GroupWords, environment: string, place: Place, endpoint: EndpointShape) {
  const { monitoring } = endpoint;
  const source = sourceOf(endpoint);
  // Options without the source are refused, with what else is wrong.
  if (monitoring === undefined || source === undefined || !sourcesOf(endpoint).includes(source)) { return undefined; }
  const words = [...group, environment] as const;
  const { regional, bucket, role } = namerFor(place);
  const settings: MonitoringSettings = monitoringSettings({ ...endpoint, monitoring });
  return {
    monitoring: {
      settings,
      bucket: bucket(...words, 'monitoring'),
      database: regional('database', ...words, 'monitoring'),
      workgroup: regional('workgroup', ...words, 'monitoring'),
      stateMachine: regional('stateMachine', ...words, 'monitor'),
      jobs: regional('processingJobs', ...words, 'monitor'),
      schedules: {
        compaction: regional('schedule', ...words, 'compaction'),
        ...Object.fromEntries(settings.monitors.map(({ kind }) => [
          kind, regional('schedule', ...words, MONITOR_WORDS[kind]),
        ])),
      },
      undelivered: regional('queue', ...words, 'monitorundelivered'),
      forwardRule: regional('rule', ...words, 'forwardmonitoring'),
    },
    roles: {
      monitorJob: role(...words, 'monitorjob'),
      monitorMachine: role(...words, 'monitor'),
      monitorSchedule: role(...words, 'monitorschedule'),
    },
  };
}
