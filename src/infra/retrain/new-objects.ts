import type { AskingData } from '../../plan/retrain/model';

/**
 * Objects that are new below a prefix, as events of S3 (S3 user guide, "EventBridge event message structure"). Empty
 * ones count too, such as `_SUCCESS`; what consoles make for folders the function leaves out (`retrain_cause.py`),
 * because no pattern can ask for a beginning and an ending of the same key.
 */
export function newObjects({ bucket, prefix }: Pick<AskingData, 'bucket' | 'prefix'>): object {
  return {
    'source': ['aws.s3'],
    'detail-type': ['Object Created'],
    'detail': {
      bucket: { name: [bucket] },
      ...(prefix === '' ? {} : { object: { key: [{ prefix }] } }),
    },
  };
}
