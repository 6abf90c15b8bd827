import { EVIDENCE } from '../../plan/govern/evidence-grants';
import type { DeliveryPlan } from '../../plan/model';

/** Where pushes are kept. */
export interface KeptPushes {
  readonly bucket: string;
  /** Owner of the bucket: names of buckets are global. */
  readonly account: string;
}

/** Where the pushes of a delivery are kept, if they are. */
export function keptPushes({ delivery, governance: { audit } }: DeliveryPlan): KeptPushes | undefined {
  return delivery.governance.separationOfDuties && audit?.evidenceBucket
    ? { bucket: audit.evidenceBucket, account: audit.place.account ?? '{account}' }
    : undefined;
}

/**
 * The states that keep a push before anything of the commit runs: by commit and event, so that one that is delivered
 * twice is kept once. If it cannot be written, it is there already, or the gate fails and nothing is built. Object Lock
 * asks for a checksum of what is put (S3 user guide, "Object Lock considerations").
 */
export function keepPush(
  { bucket, account }: KeptPushes, repository: string, call: (service: string) => string, next: string,
  retry: readonly object[],
): object {
  const where = {
    'Bucket': bucket,
    'ExpectedBucketOwner': account,
    'Key.$': `States.Format('${EVIDENCE.pushes}/${repository}/{}/{}.json', $.detail.commitId, $.id)`,
  };
  const failed = (name: string) => [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: name }];
  return {
    KeepPush: {
      Type: 'Task',
      Resource: call('aws-sdk:s3:putObject'),
      Parameters: {
        ...where,
        Body: { 'id.$': '$.id', 'time.$': '$.time', 'detail.$': '$.detail' },
        ContentType: 'application/json',
        ChecksumAlgorithm: 'SHA256',
        IfNoneMatch: '*',
      },
      ResultPath: '$.kept',
      Retry: retry,
      Catch: failed('IsKept'),
      Next: next,
    },
    IsKept: {
      Type: 'Task',
      Resource: call('aws-sdk:s3:headObject'),
      Parameters: where,
      ResultPath: '$.kept',
      Retry: retry,
      Catch: failed('NotKept'),
      Next: next,
    },
    NotKept: { Type: 'Fail', Error: 'PushNotKept', CausePath: 'States.JsonToString($.error)' },
  };
}
