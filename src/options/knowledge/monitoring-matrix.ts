import type { EndpointShape, KindRefusal } from './endpoint-shape';
import { ApiRelease } from '../api';
import { EndpointKind } from '../endpoint';
import { type MonitoringOptions, MonitoringSource, MonitorSchedule, RetrainingReason } from '../monitoring';
import { filled } from '../schemas/filled';

const { API, BATCH, CAPTURE } = MonitoringSource;

/** What each reason to retrain is found by. */
export const FOUND_BY = {
  [RetrainingReason.DRIFT]: 'dataQuality',
  [RetrainingReason.QUALITY]: 'modelQuality',
  [RetrainingReason.BIAS]: 'bias',
  [RetrainingReason.ATTRIBUTION]: 'attribution',
} as const;

/** The sources that an endpoint has, the best one first: the API's records name the version of each row. */
export function sourcesOf({ kind, api, dataCapturePercentage = 0 }: EndpointShape): MonitoringSource[] {
  if (kind === EndpointKind.BATCH) { return [BATCH]; }
  return [...(api?.predictionLog ? [API] : []), ...(dataCapturePercentage > 0 ? [CAPTURE] : [])];
}

/** The source of an endpoint's monitors. */
export function sourceOf(shape: EndpointShape): MonitoringSource | undefined {
  return shape.monitoring?.source ?? sourcesOf(shape)[0];
}

const DAY = 24;
/** Hours of the window that a monitor looks at. */
const WINDOW_HOURS: { readonly [S in MonitorSchedule]: number } = {
  [MonitorSchedule.HOURLY]: 1, [MonitorSchedule.DAILY]: DAY, [MonitorSchedule.WEEKLY]: 7 * DAY,
};
/** So late a run may be and rows may come: the compaction goes back as far (`tools/monitor/compaction.py`). */
const LATE_HOURS = 72;

/** Hours of the longest window of a monitor that needs labels; 0 where none does. */
function labelledWindow({ modelQuality, bias }: MonitoringOptions): number {
  return Math.max(0, ...[modelQuality, bias].map(monitor => (
    monitor === undefined ? 0 : WINDOW_HOURS[filled('MonitorOptions', monitor).schedule])));
}

/** Hours for which a window waits for its labels. */
function labelWait({ groundTruth }: MonitoringOptions): number {
  return groundTruth === undefined ? 0 : filled('GroundTruthOptions', groundTruth).waitHours;
}

/** Hours after which a monitor that needs labels has looked at every row; 0 where none does. */
function labelledHours(monitoring: MonitoringOptions): number {
  const window = labelledWindow(monitoring);
  return window === 0 ? 0 : labelWait(monitoring) + window + LATE_HOURS;
}

function keptHours(monitoring: MonitoringOptions): number {
  return filled('MonitoringOptions', monitoring).retentionDays * DAY;
}

const words = (sources: readonly MonitoringSource[]) => (sources.length === 0
  ? 'no value: this endpoint keeps nothing that could be monitored' : sources.map(s => `"${s}"`).join(' or '));

/** Columns that are not stored: monitoring's, and those that a record of the API does not have in the first place. */
export function omittedColumns(shape: EndpointShape): string[] {
  const ofApi = sourceOf(shape) === API ? shape.api?.predictionLog?.omitColumns ?? [] : [];
  return [...new Set([...shape.monitoring?.omitColumns ?? [], ...ofApi])];
}

/** Facets whose column is not stored. */
const omittedFacets = (shape: EndpointShape) => (shape.monitoring?.bias?.facets ?? [])
  .filter(({ column }) => omittedColumns(shape).includes(column));

const STORE = 'Take the column out of omitColumns (of monitoring, and of api.predictionLog where that is the source)';

/** What a monitor could not read, or would read wrongly. */
const UNREADABLE: readonly KindRefusal[] = [
  ...(['inputFilter', 'outputFilter'] as const).map((name): KindRefusal => ({
    option: `batch.${name}`,
    refuses: ({ batch, kind, monitoring }) => monitoring !== undefined && kind === EndpointKind.BATCH
      && (batch?.[name] ?? '$') !== '$',
    allowed: () => 'no value but "$" for batches that are monitored: their records are read by their place in the '
      + 'columns of the model',
    fix: 'Omit it, or omit monitoring.',
    source: 'SageMaker developer guide, Associate Prediction Results with Input Records: a filter drops columns',
  })),
  {
    option: 'monitoring.attribution',
    refuses: shape => shape.monitoring?.attribution !== undefined && sourceOf(shape) === CAPTURE,
    allowed: () => `no value for source "${CAPTURE}": what the monitor asks the endpoint would be captured as well, and `
      + 'be monitored as if people had asked it',
    fix: `Set api.predictionLog, and source to "${API}", or omit it.`,
    source: 'SageMaker developer guide, Data capture: of all requests to an endpoint a share is captured',
  },
  {
    option: 'monitoring.bias.facets',
    refuses: shape => omittedFacets(shape).length > 0,
    allowed: shape => `stored columns, which ${omittedFacets(shape).map(({ column }) => `"${column}"`).join(', ')} is not`,
    fix: `${STORE}, or leave the facet out.`,
    source: 'ours: groups are formed by the values of the column',
  },
  {
    option: 'monitoring.groundTruth.idColumn',
    refuses: shape => omittedColumns(shape).includes(shape.monitoring?.groundTruth?.idColumn ?? ''),
    allowed: () => 'a column that is stored',
    fix: `${STORE}, or name another one.`,
    source: 'ours: labels are found by the value of the column',
  },
];

const KEEP = 'Set api.predictionLog or dataCapturePercentage.';

/** What does not go together with monitors, with the source of each. */
export const MONITORING_MATRIX: readonly KindRefusal[] = [
  ...UNREADABLE,
  {
    option: 'monitoring',
    refuses: shape => shape.monitoring !== undefined && sourcesOf(shape).length === 0,
    allowed: () => 'nothing for an endpoint without a source: neither are predictions kept, nor is data captured',
    fix: `${KEEP} Or omit it.`,
    source: 'ours: a monitor without rows would never find anything',
  },
  {
    option: 'monitoring.source',
    refuses: shape => shape.monitoring?.source !== undefined && sourcesOf(shape).length > 0
      && !sourcesOf(shape).includes(shape.monitoring.source),
    allowed: shape => words(sourcesOf(shape)),
    fix: `${KEEP} Or omit it.`,
    source: 'ours: a monitor without rows would never find anything',
  },
  ...(['modelQuality', 'bias'] as const).map((monitor): KindRefusal => ({
    option: `monitoring.${monitor}`,
    refuses: ({ monitoring }) => monitoring?.[monitor] !== undefined && monitoring.groundTruth === undefined,
    allowed: () => 'no value without monitoring.groundTruth: labels are compared with answers',
    fix: 'Add monitoring.groundTruth, {} where callers keep the inference ID, or omit it.',
    source: 'ours: without labels there is nothing to measure',
  })),
  {
    option: 'monitoring.retentionDays',
    refuses: ({ monitoring }) => monitoring !== undefined && keptHours(monitoring) < labelledHours(monitoring),
    allowed: ({ monitoring }) => `at least ${Math.ceil(labelledHours(monitoring!) / DAY)} days: a monitor looks for labels `
      + `${labelWait(monitoring!)} hours (groundTruth.waitHours) after a window of ${labelledWindow(monitoring!)} hours, `
      + `and rows may come ${LATE_HOURS} hours late`,
    fix: 'Raise it, or lower groundTruth.waitHours.',
    source: 'ours: rows that are deleted before the monitor looks at them are never found',
  },
  {
    option: 'monitoring.groundTruth.idColumn',
    refuses: shape => sourceOf(shape) === BATCH && shape.monitoring?.groundTruth !== undefined
      && shape.monitoring.groundTruth.idColumn === undefined,
    allowed: () => 'a column of the scored data: rows of a batch have no inference ID',
    fix: 'Name the column that says which row a label is for.',
    source: 'SageMaker API reference, CreateTransformJob: answers have no inference ID',
  },
  {
    option: 'monitoring.attribution',
    refuses: ({ kind, monitoring }) => monitoring?.attribution !== undefined && kind !== EndpointKind.REALTIME
      && kind !== EndpointKind.SERVERLESS,
    allowed: () => `no value for this kind: it asks an endpoint that answers at once ("${EndpointKind.REALTIME}" or `
      + `"${EndpointKind.SERVERLESS}")`,
    fix: 'Omit it.',
    source: 'ours: it sends rows to the endpoint and waits for the answers',
  },
  {
    option: 'monitoring.attribution',
    refuses: ({ api, monitoring }) => monitoring?.attribution !== undefined && api?.release === ApiRelease.PER_RELEASE,
    allowed: () => `no value where api.release is "${ApiRelease.PER_RELEASE}": it asks the endpoint under its fixed name`,
    fix: `Set api.release to "${ApiRelease.IN_PLACE}", or omit it.`,
    source: 'ours: an endpoint of one release is removed with it, so a schedule cannot name one',
  },
  {
    option: 'monitoring.retrainOn',
    refuses: ({ monitoring }) => (monitoring?.retrainOn ?? []).some(reason => reason !== RetrainingReason.DRIFT
      && monitoring?.[FOUND_BY[reason]] === undefined),
    allowed: ({ monitoring }) => {
      const found = Object.values(RetrainingReason).filter(reason => reason === RetrainingReason.DRIFT
        || monitoring?.[FOUND_BY[reason]] !== undefined);
      return `what is monitored here: ${found.map(reason => `"${reason}"`).join(', ')}`;
    },
    fix: 'Add the monitor, or leave the reason out.',
    source: 'ours: what nobody looks for is never found',
  },
];
