import type { EndpointShape, KindRefusal } from './endpoint-shape';
import { ApiRelease } from '../api';
import { EndpointKind } from '../endpoint';
import { MonitoringSource, RetrainingReason } from '../monitoring';

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

const words = (sources: readonly MonitoringSource[]) => (sources.length === 0
  ? 'no value: this endpoint keeps nothing that could be monitored' : sources.map(s => `"${s}"`).join(' or '));

const KEEP = 'Set api.predictionLog or dataCapturePercentage.';

/** What does not go together with monitors, with the source of each. */
export const MONITORING_MATRIX: readonly KindRefusal[] = [
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
