import type { AskingData } from '../../plan/retrain/model';

/**
 * Objects that are new below a prefix, as events of S3 (S3 user guide, "EventBridge event message structure"). Objects
 * without content are what consoles make for folders.
 */
export function newObjects({ bucket, prefix }: Pick<AskingData, 'bucket' | 'prefix'>): object {
  return {
    'source': ['aws.s3'],
    'detail-type': ['Object Created'],
    'detail': {
      bucket: { name: [bucket] },
      object: { ...(prefix === '' ? {} : { key: [{ prefix }] }), size: [{ numeric: ['>', 0] }] },
    },
  };
}
