import type { EndpointShape } from '../../options/knowledge/endpoint-shape';
import { omittedColumns, sourceOf } from '../../options/knowledge/monitoring-matrix';
import type { GroundTruthOptions, MonitoringOptions, MonitorOptions, MonitoringSource } from '../../options/monitoring';
import { type Filled, filled } from '../../options/schemas/filled';

/** The kinds of monitors, by the option that switches each on; in this order they run. */
export const MONITOR_KINDS = ['dataQuality', 'modelQuality', 'bias', 'attribution'] as const;

/** A kind of monitor. */
export type MonitorKind = typeof MONITOR_KINDS[number];

/** How the names of a kind are spelled in keys, schedules, events and metrics. */
export const MONITOR_WORDS: { readonly [K in MonitorKind]: string } = {
  dataQuality: 'data-quality', modelQuality: 'model-quality', bias: 'bias', attribution: 'attribution',
};

/** A monitor that is switched on, with every default. */
export type MonitorSettings = Filled<'MonitorOptions', MonitorOptions> & {
  readonly kind: MonitorKind;
  /** Hours that a window waits for labels. */
  readonly waitHours: number;
};

/** Monitoring with every default. */
export type MonitoringSettings = Omit<Filled<'MonitoringOptions', MonitoringOptions>, 'source' | 'groundTruth' | 'omitColumns'> & {
  readonly source: MonitoringSource;
  /** Columns that are in no row of the table. */
  readonly omitColumns: readonly string[];
  readonly groundTruth?: Filled<'GroundTruthOptions', GroundTruthOptions>;
  readonly monitors: readonly MonitorSettings[];
};

/** Which monitors need labels, and so wait for them. */
const NEED_LABELS: ReadonlySet<MonitorKind> = new Set(['modelQuality', 'bias']);

/** Fills in every default of the monitoring of an endpoint; the options have been checked. */
export function monitoringSettings(shape: EndpointShape & { readonly monitoring: MonitoringOptions }):
MonitoringSettings {
  const given = filled('MonitoringOptions', shape.monitoring) as unknown as Omit<MonitoringSettings, 'monitors'>;
  const monitors = MONITOR_KINDS.flatMap((kind): MonitorSettings[] => {
    const own = given[kind] as Filled<'MonitorOptions', MonitorOptions> | undefined;
    return own === undefined ? [] : [{
      ...own, kind, waitHours: NEED_LABELS.has(kind) ? given.groundTruth?.waitHours ?? 0 : 0,
    }];
  });
  return { ...given, source: sourceOf(shape)!, omitColumns: omittedColumns(shape), monitors };
}
