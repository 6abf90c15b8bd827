import type { SourceGroup } from '../../options/knowledge/source-group';
import type { Place } from '../place';
import type { PlannedRole, RoleIds } from '../roles/role-model';

/**
 * Everything that a promotion makes, by its names; they come from its target group, since a promotion may stand alone.
 */
export interface NamedPromotion {
  /** Where it is promoted to. */
  readonly place: Place;
  /** Group that packages are promoted from. */
  readonly source: SourceGroup;
  /** Model package group that copies are registered in. */
  readonly group: string;
  /**
   * Existing bucket that artifacts are copied to, and the key that they are encrypted with unless it is the bucket's
   * own.
   */
  readonly bucket: string;
  readonly kmsKeyArn?: string;
  /** Existing bus that the source account's events arrive at. */
  readonly bus?: string;
  readonly pipeline: string;
  readonly project: string;
  readonly rule: string;
  readonly keyAlias: string;
  readonly artifactBucket: string;
  readonly roles: RoleIds<PromotionRoles>;
}

/** A promotion with its roles. */
export interface PlannedPromotion extends NamedPromotion {
  readonly roles: PromotionRoles;
}

/** What a promotion has beside it in a delivery. */
export interface PromotionInDelivery {
  readonly stack: string;
  /** Prefix of rules and alarms about failures. */
  readonly failures: string;
}

/** The roles of a promotion, in the target account. */
export interface PromotionRoles {
  /** CodeBuild's; does everything in both accounts. */
  readonly promoter: PlannedRole;
  /** CodePipeline's. */
  readonly pipeline: PlannedRole;
  /** EventBridge's, starts the pipeline; only with an event bus. */
  readonly trigger?: PlannedRole;
}
