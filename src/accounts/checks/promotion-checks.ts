import { keyCheck } from './surrounding-checks';
import type { NamedPromotion } from '../../plan/promotion/model';
import type { PreflightCheck } from '../preflight-check';

/** What a promotion finds where it promotes to. */
export function promotionChecks({ place, bucket, bus, kmsKeyArn }: NamedPromotion): PreflightCheck[] {
  return [
    {
      kind: 'bucket',
      title: `Bucket ${bucket} that promoted models are copied to`,
      place,
      wants: { bucket },
      fix: 'Create the bucket in the account and region of the promotion, or name another one '
        + '(promotion.targetBucketName).',
    },
    ...(bus ? [{
      kind: 'bus', title: `Event bus ${bus}`, place, wants: { name: bus },
      fix: 'Create the bus in the account and region of the promotion, and let the source account put events on it.',
    } as const] : []),
    ...(kmsKeyArn ? [keyCheck(place, kmsKeyArn)] : []),
  ];
}
