import type { PlannedPromotion } from './model';
import type { PromotionOptions } from '../../options/promotion';
import { sourceGroupOf } from '../../options/promotion-rules';
import { bucketIn, roleArn } from '../arn';
import { nameOf } from '../names/name-of';

/** Copies are below this key in the target bucket; `Destination` in `packages.py` has the same. */
export const COPY_PREFIX = 'model-packages';

/** Plans a promotion; `region` is the stack's, where it is known. */
export function planPromotion(options: PromotionOptions, region?: string): PlannedPromotion {
  const source = sourceGroupOf(options.sourceModelPackageGroupArn);
  const group = options.targetModelPackageGroupName ?? source.name;
  const named = (purpose: string) => {
    // Roles are global in an account, and a group of this name may be promoted to several of its regions.
    const name = nameOf('role', ...(region ? [group, region] : [group]), purpose);
    return { name, arn: roleArn({}, name) };
  };
  return {
    source,
    group,
    bucket: options.targetBucketName,
    kmsKeyArn: options.kmsKeyArn,
    pipeline: nameOf('codePipeline', group, 'promote'),
    project: nameOf('codeBuild', group, 'promote'),
    rule: nameOf('rule', group, 'promote'),
    keyAlias: nameOf('keyAlias', group, 'promote'),
    artifactBucket: bucketIn({}, nameOf('bucket', group, 'promote')),
    roles: { promoter: named('promote'), pipeline: named('promotepipeline'), trigger: named('promotetrigger') },
  };
}
