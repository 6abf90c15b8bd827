import type { SourceGroup } from '../../options/promotion-rules';
import type { PlannedRole } from '../roles/role-model';

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

/** The roles of a promotion, in the target account. */
export interface PromotionRoles {
  /** CodeBuild's; does everything in both accounts. */
  readonly promoter: PlannedRole;
  /** CodePipeline's. */
  readonly pipeline: PlannedRole;
  /** EventBridge's; starts the pipeline. */
  readonly trigger: PlannedRole;
}
