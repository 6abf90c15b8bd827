import { bucketIn, roleArn } from '../../delivery/arn';
import { nameOf } from '../../delivery/names';
import { type SourceGroup, sourceGroupOf } from '../../options/knowledge/source-group';
import type { PromotionOptions } from '../../options/promotion';

/** Copies are below this key in the target bucket; `Destination` in `packages.py` has the same. */
export const COPY_PREFIX = 'model-packages';

/** Names of everything that a promotion makes; texts with the placeholders of the delivery plan. */
export interface PlannedPromotion {
  readonly source: SourceGroup;
  readonly group: string;
  readonly bucket: string;
  readonly kmsKeyArn?: string;
  readonly pipeline: string;
  readonly project: string;
  readonly rule: string;
  readonly keyAlias: string;
  readonly artifactBucket: string;
  readonly roles: { readonly [R in 'promoter' | 'pipeline' | 'trigger']: { readonly name: string; readonly arn: string } };
}

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
