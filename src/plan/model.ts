import type { BuildRoles, NamedBuild, PlannedBuild } from './build/model';
import type {
  NamedPipelines, NamedReplica, NamedWave, PipelineRoles, PlannedPipelines, PlannedReplica, PlannedWave,
} from './deploy/model';
import type { NamedEnvironment, PlannedEnvironment } from './endpoint/model';
import type { Engines } from './engines';
import type { NamedGovernance, PlannedGovernance } from './govern/model';
import type { NamedInfrastructure, PlannedInfrastructure } from './infrastructure/model';
import type { PlannedName } from './names/planned-names';
import type { NamedPromotion, PlannedPromotion, PromotionInDelivery } from './promotion/model';
import type { NamedRetraining } from './retrain/model';
import type { RoleIds } from './roles/role-model';
import type { DeliverySettings } from './settings';
import type { NamedSource } from './source/repositories';
import type { PlannedStack } from './stacks/stack';
import type { NamedUpgrade, PlannedUpgrade } from './upgrade/model';
import type { NamedWorkflows } from './workflows/model';

/** What the first pass gives: every part of a delivery with its place and its names, and how its roles are called. */
export interface NamedDelivery {
  readonly source: NamedSource;
  readonly infrastructure: NamedInfrastructure;
  readonly upgrade?: NamedUpgrade;
  readonly governance: NamedGovernance;
  readonly groups: readonly NamedGroup[];
  readonly promotion?: NamedPromotion & PromotionInDelivery;
}

export interface NamedGroup {
  readonly name: string;
  /** Name of the chain of records of its decisions. */
  readonly chain: string;
  readonly sourceBranch: string;
  readonly parameters: { readonly [name: string]: unknown };
  readonly build: NamedBuild;
  readonly pipelines: NamedPipelines;
  /** In the order of deployment. */
  readonly environments: readonly NamedEnvironment[];
  /** Environments that are deployed to at the same time; each wave after the one before it. */
  readonly waves: readonly NamedWave[];
  /** What the deploy pipeline needs in further regions. */
  readonly replicas: readonly NamedReplica[];
  /** What trains the model again without a commit; nothing where nothing asks for that. */
  readonly retraining?: NamedRetraining;
  /** The workflows that build and deploy, where GitHub Actions runs the delivery. */
  readonly workflows?: NamedWorkflows;
  readonly roles: RoleIds<BuildRoles & PipelineRoles>;
}

/**
 * What a delivery consists of: every stage, name and role, in order. Infrastructure, diagrams, guides and docs are all
 * made from it.
 */
export interface DeliveryPlan extends NamedDelivery {
  readonly delivery: DeliverySettings;
  /** What runs it; where its repositories are hosted is in `delivery`. */
  readonly engines: Engines;
  /** Every name that the plan gives. */
  readonly names: readonly PlannedName[];
  /** All stacks, each after those it needs. */
  readonly stacks: readonly PlannedStack[];
  /** Bus and topic, and the pipeline that deploys the infrastructure. */
  readonly infrastructure: PlannedInfrastructure;
  readonly groups: readonly PlannedGroup[];
  /** The scheduled build that looks for newer versions, when there is one. */
  readonly upgrade?: PlannedUpgrade;
  /** Audit trail, records and what decides without a person. */
  readonly governance: PlannedGovernance;
  /** Promotion of model packages from elsewhere, when asked for. */
  readonly promotion?: PlannedPromotion & PromotionInDelivery;
}

export interface PlannedGroup extends NamedGroup {
  readonly build: PlannedBuild;
  readonly pipelines: PlannedPipelines;
  readonly environments: readonly PlannedEnvironment[];
  readonly waves: readonly PlannedWave[];
  readonly replicas: readonly PlannedReplica[];
  readonly roles: BuildRoles & PipelineRoles;
}
