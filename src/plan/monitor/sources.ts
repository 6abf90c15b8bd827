import { MonitoringSource } from '../../options/monitoring';
import { PREDICTIONS } from '../api/model';
import { bucketArn } from '../arn';
import { type DataPlace, inputOf, outputOf, uriOf } from '../endpoint/batch/model';
import type { NamedEnvironment } from '../endpoint/model';
import { listBucket } from '../roles/grants';
import type { Grant } from '../roles/role-model';

/** Where the rows of an environment come from. */
export interface RowSource {
  /** What was asked and answered. */
  readonly answered: DataPlace;
  /** What was asked, where answers are kept apart from it. */
  readonly asked?: DataPlace;
}

/** Where the rows of a monitored environment come from. */
export function rowSourceOf(
  { monitoring, api, batch, captureBucket, endpointName }: Pick<
    NamedEnvironment, 'api' | 'batch' | 'captureBucket' | 'endpointName' | 'monitoring'>,
): RowSource {
  switch (monitoring!.settings.source) {
    case MonitoringSource.API: return { answered: { bucket: api!.predictions!.bucket, key: PREDICTIONS } };
    case MonitoringSource.CAPTURE: return { answered: { bucket: captureBucket, key: `${endpointName}/` } };
    case MonitoringSource.BATCH: {
      const { bucket, key } = outputOf(batch!);
      return { answered: { bucket, key: `${key}/` }, asked: inputOf(batch!) };
    }
  }
}

/** The addresses of a source, as the job takes them. */
export function sourceUris(environment: Parameters<typeof rowSourceOf>[0]): {
  readonly SOURCE_URI: string; readonly INPUT_URI?: string;
} {
  const { answered, asked } = rowSourceOf(environment);
  return { SOURCE_URI: uriOf(answered), ...(asked ? { INPUT_URI: uriOf(asked) } : {}) };
}

/** Reading a source, and no other objects of its bucket. */
export function readSource(environment: NamedEnvironment): Grant[] {
  const { answered, asked } = rowSourceOf(environment);
  const { inputKeyArn } = environment.batch?.settings ?? {};
  const [, , , region] = inputKeyArn?.split(':') ?? [];
  const places = [answered, ...(asked ? [asked] : [])];
  return [
    {
      sid: 'Source',
      actions: ['s3:GetObject'],
      resources: [...new Set(places.map(({ bucket, key }) => bucketArn(bucket, `/${key}*`)))],
      why: 'Reads what the model was asked, and what it answered.',
      wildcard: 'Services generate the names of objects; the prefix is exact.',
    },
    ...[...new Set(places.map(({ bucket }) => bucket))].map((bucket, i) => listBelow(
      `SourceBucket${i > 0 ? i + 1 : ''}`, bucket, places.filter(place => place.bucket === bucket).map(({ key }) => key),
      'Finds it.',
    )),
    ...(inputKeyArn === undefined ? [] : [{
      sid: 'InputKey',
      actions: ['kms:Decrypt'],
      resources: [inputKeyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
      why: 'Decrypts the data that was scored.',
    }]),
  ];
}

/** Listing prefixes of a bucket; its location says in which region it is asked. */
export function listBelow(sid: string, bucket: string, prefixes: readonly string[], why: string): Grant {
  const { actions, resources } = listBucket(sid, bucket, why);
  return {
    sid, actions: actions.filter(action => action === 's3:ListBucket'), resources,
    conditions: { StringLike: { 's3:prefix': prefixes.map(prefix => `${prefix}*`) } },
    why,
  };
}
