import type { KindRefusal } from './endpoint-shape';
import { type BatchOptions, BatchSplit, BatchStrategy } from '../batch';
import { EndpointKind } from '../endpoint';
import type { Filled } from '../schemas/filled';

const GUIDE = 'SageMaker developer guide, "Associate Prediction Results with Input Records"';
const API = 'SageMaker API reference';
const { BATCH } = EndpointKind;

/** The forms that SageMaker reads records of, to filter and to join them. */
const READ: readonly string[] = ['text/csv', 'application/json', 'application/jsonlines'];

/** A media type without its parameters. */
export function mediaType(text: string): string {
  return text.split(';')[0].trim().toLowerCase();
}

/** Whether records of this form can be filtered, and joined with predictions. */
export function canBeJoined(contentType: string): boolean {
  return READ.includes(mediaType(contentType));
}

/** Rules read options with their defaults filled in. */
type Batch = Filled<'BatchOptions', BatchOptions>;

const accepted = ({ contentType, accept = contentType }: Batch) => accept;
const isJoined = (batch: Batch) => canBeJoined(batch.contentType) && (batch.joinInput ?? true);
const isFiltered = ({ inputFilter, outputFilter }: Batch) => inputFilter !== undefined || outputFilter !== undefined;

/** A refusal of options for batches; there is nothing to say about those that another kind does not have. */
function inBatch(
  option: keyof BatchOptions, refuses: (batch: Batch) => boolean, allowed: (batch: Batch) => string, fix: string,
  source: string,
): KindRefusal {
  return {
    option: `batch.${option}`,
    refuses: ({ kind, batch }) => kind === BATCH && batch !== undefined && refuses(batch as Batch),
    allowed: ({ batch }) => allowed(batch as Batch),
    fix, source,
  };
}

/**
 * Whether objects below an address are below another one too. S3 and EventBridge compare the beginnings of keys, not
 * folders: `data/b` is the beginning of `data/bc` (SageMaker API reference, S3DataSource; EventBridge user guide,
 * "Prefix matching").
 */
function isBelow(uri: string, other: string): boolean {
  return `${uri}/`.replace(/\/+$/, '/').startsWith(other);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** What does not go together where data is scored in batches, with the source of each. */
export const BATCH_MATRIX: readonly KindRefusal[] = [
  {
    option: 'batch',
    refuses: ({ kind, batch }) => kind !== BATCH && batch !== undefined,
    allowed: ({ kind }) => `nothing for the kind "${kind}", which answers requests`,
    fix: 'Leave it out, or set endpoint.kind to "batch".',
    source: 'ours: an endpoint and a score pipeline are two kinds',
  },
  {
    option: 'deployment',
    refuses: ({ kind, deployment }) => kind === BATCH && deployment !== undefined,
    allowed: () => `nothing for the kind "${BATCH}", which has no endpoint whose traffic could move`,
    fix: 'Leave it out: each execution takes the newest model that was deployed, as a whole.',
    source: `${API}, CreateTransformJob: it has no DeploymentConfig; UpdateEndpoint has`,
  },
  {
    option: 'dashboard',
    refuses: ({ kind, dashboard }) => kind === BATCH && dashboard === true,
    allowed: () => `false for the kind "${BATCH}", which has no endpoint to show`,
    fix: 'Leave it out: failed executions are reported, and SageMaker Studio shows each one.',
    source: 'ours: the dashboard shows metrics of endpoints',
  },
  {
    option: 'dataCapturePercentage',
    refuses: ({ kind, dataCapturePercentage = 0 }) => kind === BATCH && dataCapturePercentage > 0,
    allowed: () => `0 for the kind "${BATCH}": its requests are the objects at inputUri, and its answers those at `
      + 'outputUri',
    fix: 'Leave it out; batch.joinInput writes records and predictions together.',
    source: `${API}, EndpointConfig DataCaptureConfig; that of a transform job captures no share of the records`,
  },
  {
    option: 'autoscaling',
    refuses: ({ kind, autoscaling }) => kind === BATCH && autoscaling !== undefined,
    allowed: () => `nothing for the kind "${BATCH}", whose instances are there for an execution alone`,
    fix: 'Leave it out, and give each execution the instances that it needs (instanceCount).',
    source: 'Application Auto Scaling API reference, RegisterScalableTarget: it scales variants of endpoints',
  },
  inBatch(
    'timeZone', ({ timeZone }) => !isTimeZone(timeZone),
    () => 'the name of a time zone in the IANA database, such as "Europe/Berlin"',
    'See https://www.iana.org/time-zones, or leave it out for UTC.',
    'EventBridge Scheduler user guide, "Schedule types": time zones of the IANA database, which this Node.js knows',
  ),
  inBatch(
    'joinInput', batch => batch.joinInput === true && !canBeJoined(batch.contentType),
    ({ contentType }) => `false for ${contentType}: records are joined with predictions in ${READ.join(', ')}`,
    'Leave it out, or give the data in another form.', GUIDE,
  ),
  ...(['inputFilter', 'outputFilter'] as const).map(name => inBatch(
    name, batch => batch[name] !== undefined && !canBeJoined(batch.contentType),
    ({ contentType }) => `nothing for ${contentType}: records are filtered in ${READ.join(', ')}`,
    'Leave it out, or give the data in another form.', GUIDE,
  )),
  inBatch(
    'accept',
    batch => isJoined(batch) && mediaType(accepted(batch)) !== mediaType(batch.contentType),
    ({ contentType }) => `"${mediaType(contentType)}", because records and predictions that are joined have one form`,
    'Leave it out, or set joinInput to false.', GUIDE,
  ),
  inBatch(
    'accept',
    batch => !isJoined(batch) && isFiltered(batch) && canBeJoined(batch.contentType) && !canBeJoined(accepted(batch)),
    () => `one of ${READ.join(', ')}, because predictions are filtered`,
    'Leave the filters out, or let the model answer in another form.', GUIDE,
  ),
  inBatch(
    'split',
    batch => (isJoined(batch) || isFiltered(batch)) && mediaType(batch.contentType) === 'text/csv'
      && batch.split !== BatchSplit.LINE,
    () => `"${BatchSplit.LINE}" for CSV whose records are joined or filtered`,
    'Leave it out, or set joinInput to false and leave the filters out.',
    `${GUIDE}: SplitType and AssembleWith must be line`,
  ),
  inBatch(
    'strategy',
    batch => batch.strategy === BatchStrategy.MULTI_RECORD && batch.split === BatchSplit.LINE
      && mediaType(batch.contentType) === 'application/json',
    () => `"${BatchStrategy.SINGLE_RECORD}" for application/json, of which a request holds one document`,
    'Leave it out, or name the data application/jsonlines if the model reads that.',
    'ours, from RFC 8259: several documents one after the other are not JSON',
  ),
  inBatch(
    'maxConcurrentRequests', batch => batch.maxConcurrentRequests * batch.maxPayloadMegabytes > 100,
    ({ maxPayloadMegabytes: size }) => `at most ${Math.floor(100 / size)} requests of up to ${size} MB`,
    'Send fewer at a time, or smaller ones (maxPayloadMegabytes).',
    `${API}, CreateTransformJob, MaxPayloadInMB: with MaxConcurrentTransforms it must not come to more than 100 MB`,
  ),
  inBatch(
    'outputUri', ({ inputUri, outputUri }) => inputUri !== undefined && outputUri !== undefined
      && isBelow(outputUri, inputUri),
    ({ inputUri }) => `an address that does not begin with ${inputUri}`,
    'Choose another prefix: predictions would be scored as data.',
    'SageMaker API reference, S3DataSource: all objects whose keys begin so; an endless loop with onArrival',
  ),
];
