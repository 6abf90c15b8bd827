import { transformOf } from '../../plan/endpoint/batch/transform';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { MONITOR_WORDS } from '../../plan/monitor/settings';

/** Whose monitors these are. */
export interface MonitoredPlace {
  readonly project: string;
  readonly group: string;
  readonly modelPackageGroup: string;
  readonly environment: PlannedEnvironment;
}

/** What a job reads beside its code, as `settings.json`. */
export function jobSettings({ project, group, modelPackageGroup, environment }: MonitoredPlace): object {
  const { settings } = environment.monitoring!;
  const { source, omitColumns, groundTruth, retentionDays, retrainOn } = settings;
  return {
    format: 1, project, group, environment: environment.name, modelPackageGroup,
    source, omitColumns, groundTruth: groundTruth ?? null, retentionDays, retrainOn,
    monitors: Object.fromEntries(settings.monitors.map(({ kind, ...own }) => [MONITOR_WORDS[kind], own])),
    ...(environment.batch ? { transform: transformSettings(environment.batch.settings) } : {}),
  };
}

/** How scored records are read: what was sent, and whether what is written holds it too. */
function transformSettings(settings: Parameters<typeof transformOf>[0]): object {
  const { processing, ...transform } = transformOf(settings);
  return {
    contentType: transform.contentType, accept: transform.accept, byLine: transform.byLine,
    joined: processing?.join ?? false,
    ...(processing ? { inputFilter: processing.inputFilter, outputFilter: processing.outputFilter } : {}),
  };
}
