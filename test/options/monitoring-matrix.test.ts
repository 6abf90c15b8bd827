import { ApiRelease } from '../../src/options/api';
import { EnvironmentType } from '../../src/options/deployment-group';
import { EndpointKind, type EndpointOverrideOptions } from '../../src/options/endpoint';
import type { EndpointShape } from '../../src/options/knowledge/endpoint-shape';
import { MONITORING_MATRIX, sourceOf } from '../../src/options/knowledge/monitoring-matrix';
import {
  type MonitoringOptions, MonitoringSource, MonitorSchedule, RetrainingReason,
} from '../../src/options/monitoring';
import { checkDelivery } from '../../src/plan/check';
import { monitoringSettings } from '../../src/plan/monitor/settings';

const { API, BATCH, CAPTURE } = MonitoringSource;
const BASE = { instanceType: 'ml.m5.large', instanceCount: 1 };
const FACETS = { facets: [{ column: 'sex', values: ['f'] }], positiveLabels: ['yes'] };

/** Endpoints with each source that there is, with several, and with none. */
const ENDPOINTS: EndpointShape[] = [
  { kind: EndpointKind.REALTIME, ...BASE },
  { kind: EndpointKind.REALTIME, ...BASE, dataCapturePercentage: 100 },
  { kind: EndpointKind.REALTIME, ...BASE, api: { predictionLog: {} } },
  { kind: EndpointKind.REALTIME, ...BASE, dataCapturePercentage: 50, api: { predictionLog: {} } },
  { kind: EndpointKind.REALTIME, ...BASE, api: { predictionLog: {}, release: ApiRelease.PER_RELEASE } },
  { kind: EndpointKind.SERVERLESS, ...BASE, api: { predictionLog: {} } },
  { kind: EndpointKind.ASYNCHRONOUS, ...BASE, api: { predictionLog: {} } },
  { kind: EndpointKind.BATCH, ...BASE },
  { kind: EndpointKind.REALTIME, ...BASE, dataCapturePercentage: 50, api: { predictionLog: { omitColumns: ['sex'] } } },
  { kind: EndpointKind.REALTIME, ...BASE, api: { predictionLog: { omitColumns: ['customer_id', 'name'] } } },
  { kind: EndpointKind.BATCH, ...BASE, batch: { inputFilter: '$[1:]' } },
  { kind: EndpointKind.BATCH, ...BASE, batch: { outputFilter: '$[0,-1]' } },
  { kind: EndpointKind.BATCH, ...BASE, batch: { inputFilter: '$', outputFilter: '$' } },
];

/** What may be monitored, with each source and labels of each kind. */
const MONITORINGS: MonitoringOptions[] = [undefined, API, BATCH, CAPTURE].flatMap(source => (
  [undefined, {}, { idColumn: 'customer_id' }].flatMap(groundTruth => [
    {}, { modelQuality: {} }, { bias: FACETS }, { attribution: {} }, { retrainOn: [RetrainingReason.DRIFT] },
    { retrainOn: [RetrainingReason.QUALITY] }, { modelQuality: {}, retrainOn: [RetrainingReason.QUALITY] },
    { retrainOn: [RetrainingReason.BIAS, RetrainingReason.ATTRIBUTION] },
    { modelQuality: {}, retentionDays: 8, ...(groundTruth ? { groundTruth: { ...groundTruth, waitHours: 96 } } : {}) },
    { bias: FACETS, retentionDays: 8, ...(groundTruth ? { groundTruth: { ...groundTruth, waitHours: 97 } } : {}) },
    { attribution: {}, retentionDays: 8, ...(groundTruth ? { groundTruth: { ...groundTruth, waitHours: 8760 } } : {}) },
    { omitColumns: ['sex'] }, { omitColumns: ['sex', 'name'], bias: FACETS }, { omitColumns: ['customer_id'] },
  ].map(monitors => ({ ...(source ? { source } : {}), ...(groundTruth ? { groundTruth } : {}), ...monitors })))));

const SHAPES = ENDPOINTS.flatMap(endpoint => MONITORINGS.map(monitoring => ({ ...endpoint, monitoring })));
const own = (shape: EndpointShape) => MONITORING_MATRIX.filter(({ refuses }) => refuses(shape));

/** What must hold of a monitored endpoint, written anew. */
function wrong({ kind, api, batch, dataCapturePercentage = 0, monitoring }: EndpointShape): string[] {
  const {
    source, groundTruth, modelQuality, bias, attribution, retrainOn = [], omitColumns = [], retentionDays,
  } = monitoring!;
  const found = { drift: true, quality: modelQuality, bias, attribution };
  const has = { api: api?.predictionLog && kind !== EndpointKind.BATCH, capture: dataCapturePercentage > 0, batch: kind === EndpointKind.BATCH };
  const read = source ?? (has.batch ? 'batch' : has.api ? 'api' : has.capture ? 'capture' : undefined);
  const log = api?.predictionLog;
  const isStored = (column?: string) => !omitColumns.includes(column!)
    && !(read === 'api' && log?.omitColumns?.includes(column!));
  return [
    read === undefined || !has[read] ? 'nothing to read' : '',
    (modelQuality || bias) && !groundTruth ? 'no labels' : '',
    groundTruth && !groundTruth.idColumn && has.batch && read === 'batch' ? 'no inference ID' : '',
    attribution && (has.batch || kind === EndpointKind.ASYNCHRONOUS) ? 'nobody answers at once' : '',
    attribution && api?.release === ApiRelease.PER_RELEASE ? 'no fixed name' : '',
    attribution && read === 'capture' ? 'its own requests are captured' : '',
    has.batch && [batch?.inputFilter ?? '$', batch?.outputFilter ?? '$'].some(f => f !== '$') ? 'one column off' : '',
    bias?.facets.some(({ column }) => !isStored(column)) ? 'no groups' : '',
    groundTruth && !isStored(groundTruth.idColumn) ? 'labels without a row' : '',
    retrainOn.some(reason => !found[reason]) ? 'never found' : '',
    // Eight days, the window of a day, three days for what is late: 96 hours are left to wait for labels.
    (modelQuality || bias) && retentionDays === 8 && (groundTruth?.waitHours ?? 24) > 96 ? 'gone before' : '',
  ].filter(Boolean);
}

test('every refusal is met, with a remedy and a source', () => {
  const met = new Set(SHAPES.flatMap(own));
  for (const refusal of MONITORING_MATRIX) {
    expect([refusal.option, met.has(refusal)]).toEqual([refusal.option, true]);
    expect([refusal.fix.length >= 8, refusal.source.length > 20]).toEqual([true, true]);
  }
});

test('exactly what does not go together is refused', () => {
  const differing = SHAPES.filter(shape => (own(shape).length > 0) !== (wrong(shape).length > 0));
  expect(differing.map(shape => [shape, own(shape).map(({ option }) => option), wrong(shape)])).toEqual([]);
  expect(SHAPES.filter(shape => own(shape).length === 0).length).toBeGreaterThan(60);
});

test('what is allowed instead is said in words that name what this endpoint has', () => {
  for (const shape of SHAPES) {
    for (const { allowed } of own(shape)) { expect(allowed(shape)).toMatch(/^[a-z"].{4,}/); }
  }
  const [, captured, , both] = ENDPOINTS;
  const refusedSource = MONITORING_MATRIX.find(({ option }) => option === 'monitoring.source')!;
  expect(refusedSource.allowed(captured)).toBe('"capture"');
  expect(refusedSource.allowed(both)).toBe('"api" or "capture"');
});

test('the source is the one that names the version of each row, where there are several', () => {
  expect(ENDPOINTS.map(shape => sourceOf({ ...shape, monitoring: {} }))).toEqual([
    undefined, CAPTURE, API, API, API, API, API, BATCH, API, API, BATCH, BATCH, BATCH,
  ]);
  expect(sourceOf({ ...ENDPOINTS[3], monitoring: { source: CAPTURE } })).toBe(CAPTURE);
});

test.each([
  [MonitorSchedule.HOURLY, 5, 47], [MonitorSchedule.DAILY, 5, 24], [MonitorSchedule.WEEKLY, 11, 24],
  [MonitorSchedule.DAILY, 90, 2064], [MonitorSchedule.WEEKLY, 369, 8616],
])('windows that are %s are kept until their labels are looked at: %d days for %d hours', (schedule, days, waitHours) => {
  const refused = (retentionDays: number, wait: number) => own({
    ...ENDPOINTS[2], monitoring: { retentionDays, groundTruth: { waitHours: wait }, modelQuality: { schedule } },
  }).map(({ option }) => option);
  expect(refused(days, waitHours)).toEqual([]);
  expect(refused(days, waitHours + 1)).toEqual(['monitoring.retentionDays']);
  expect(refused(days - 1, waitHours)).toEqual(['monitoring.retentionDays']);
});

describe('defaults', () => {
  const settings = (monitoring: MonitoringOptions) => monitoringSettings({ ...ENDPOINTS[2], monitoring });

  test('of monitoring: drift each day, of a million rows, kept for 90 days', () => {
    expect(settings({})).toMatchObject({
      source: API, omitColumns: [], retentionDays: 90, retrainOn: [],
      dataQuality: { ignoreColumns: [] },
      monitors: [{
        kind: 'dataQuality', schedule: MonitorSchedule.DAILY, maxRows: 1_000_000, timeoutMinutes: 60,
        instanceType: 'ml.m5.large', waitHours: 0, ignoreColumns: [],
      }],
    });
    expect(settings({}).groundTruth).toBeUndefined();
  });

  test('of columns that are not stored: with records of the API, those that it leaves out too', () => {
    const omitted = (monitoring: MonitoringOptions) => monitoringSettings({ ...ENDPOINTS[8], monitoring }).omitColumns;
    expect(omitted({})).toEqual(['sex']);
    expect(omitted({ omitColumns: ['name', 'sex'] })).toEqual(['name', 'sex']);
    expect(omitted({ source: CAPTURE, omitColumns: ['name'] })).toEqual(['name']);
  });

  test('of monitors that need labels: they wait a day for them', () => {
    const { monitors } = settings({ groundTruth: {}, modelQuality: {}, bias: FACETS, attribution: {} });
    expect(monitors.map(({ kind, waitHours }) => [kind, waitHours])).toEqual([
      ['dataQuality', 0], ['modelQuality', 24], ['bias', 24], ['attribution', 0],
    ]);
    expect(monitors[3]).toMatchObject({ minimumNdcg: 0.9 });
  });
});

test('a delivery is told which option, which value, what is allowed and what to do', () => {
  const told = (endpoint: EndpointOverrideOptions) => checkDelivery({
    name: 'churn', endpoint: { smokeTest: { body: '1' } }, deploymentGroups: [{
      name: 'main', deployEnvironments: [{ name: 'prod', type: EnvironmentType.PROD, endpoint }],
    }],
  }).map(({ path, allowed, fix }) => `${path}: ${allowed}. ${fix}`).join('\n');
  const monitored = { api: { predictionLog: {} } };
  expect(told({ ...monitored, monitoring: {} })).toBe('');
  const quality = told({ ...monitored, monitoring: { modelQuality: {} } });
  expect(quality).toContain('endpoint.monitoring.modelQuality');
  expect(quality).toContain('Add monitoring.groundTruth');
  expect(told({ ...monitored, monitoring: { groundTruth: { waitHours: 2161 }, modelQuality: {} } })).toBe(
    'deploymentGroups[0].deployEnvironments[0].endpoint.monitoring.retentionDays: at least 95 days: a monitor looks for '
    + 'labels 2161 hours (groundTruth.waitHours) after a window of 24 hours, and rows may come 72 hours late '
    + '(ours: rows that are deleted before the monitor looks at them are never found). Raise it, or lower '
    + 'groundTruth.waitHours.',
  );
  expect(told({ api: {}, dataCapturePercentage: 0, monitoring: {} })).toContain('neither are predictions kept');
  const omitting = { api: { predictionLog: { omitColumns: ['sex'] } } };
  const facets = told({ ...omitting, monitoring: { groundTruth: {}, bias: FACETS } });
  expect(facets).toContain('endpoint.monitoring.bias.facets: stored columns, which "sex" is not');
  expect(told({ ...omitting, dataCapturePercentage: 100, monitoring: { source: CAPTURE, groundTruth: {}, bias: FACETS } }))
    .toBe('');
  expect(told({ kind: EndpointKind.BATCH, batch: { inputFilter: '$[1:]' }, monitoring: {} }))
    .toContain('endpoint.batch.inputFilter: no value but "$"');
  expect(told({ ...monitored, monitoring: { retrainOn: [RetrainingReason.BIAS] } })).toContain('what nobody');
});
