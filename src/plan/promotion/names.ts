import { sourceGroupOf } from '../../options/knowledge/source-group';
import type { PromotionOptions } from '../../options/promotion';
import { namerFor } from '../names/planned-names';
import { type Place, placeOf } from '../place';
import type { DeliverySettings } from '../settings';

/** Copies are below this key in the target bucket; `Destination` in `packages.py` has the same. */
export const COPY_PREFIX = 'model-packages';

/** A promotion to a place, as far as that is known. */
export function namePromotion(options: PromotionOptions, to: Place) {
  const place = placeOf(to);
  const source = sourceGroupOf(options.sourceModelPackageGroupArn);
  const group = options.targetModelPackageGroupName ?? source.name;
  const { regional, bucket, role, given } = namerFor(place);
  // Roles are global in an account, and a group of this name may be promoted to several of its regions.
  const named = (purpose: string) => role(...(place.region ? [group, place.region] : [group]), purpose);
  return {
    place,
    source,
    group: given('modelPackageGroup', group, 'promotion.targetModelPackageGroupName'),
    bucket: options.targetBucketName,
    kmsKeyArn: options.kmsKeyArn,
    bus: options.eventBusName,
    pipeline: regional('codePipeline', group, 'promote'),
    project: regional('codeBuild', group, 'promote'),
    rule: regional('rule', group, 'promote'),
    keyAlias: regional('keyAlias', group, 'promote'),
    artifactBucket: bucket(group, 'promote'),
    roles: {
      promoter: named('promote'),
      pipeline: named('promotepipeline'),
      ...(options.eventBusName ? { trigger: named('promotetrigger') } : {}),
    },
  };
}

/** The promotion of a delivery, to the tooling account. */
export function namePromotionOf({ name, promotion, tooling }: DeliverySettings) {
  if (!promotion) { return undefined; }
  const { regional } = namerFor(placeOf(tooling));
  return {
    ...namePromotion(promotion, tooling),
    stack: regional('stack', name, 'promotion'),
    failures: regional('failures', name, 'promotionfailures'),
  };
}
