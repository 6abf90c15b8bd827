import type { BuildRoles, PlannedBuild } from './build/model';
import type { Delivery, DeliverySource } from './delivery';
import type { PlannedPipelines, PlannedReplica, PlannedWave, ToolingRoles } from './deploy/model';
import type { PlannedEnvironment } from './endpoint/model';
import type { PlannedInfrastructure } from './infrastructure/model';
import type { PlannedStack } from './stacks/stack';
import type { PlannedUpgrade } from './upgrade/model';

/** What a delivery consists of: every stage, name and role, in order. Infrastructure, diagrams, guides and docs are all made from it. */
export interface DeliveryPlan {
  readonly delivery: Delivery;
  /** Repositories that are created, in the stack `sourceStack`. */
  readonly repositories: readonly DeliverySource[];
  /** Stack of the repositories, when any is created. */
  readonly sourceStack?: string;
  /** Topic, and the pipeline that deploys the infrastructure. */
  readonly infrastructure: PlannedInfrastructure;
  readonly groups: readonly PlannedGroup[];
  /** All stacks, each after those it needs. */
  readonly stacks: readonly PlannedStack[];
  /** The scheduled build that looks for newer versions, when there is one. */
  readonly upgrade?: PlannedUpgrade;
}

export interface PlannedGroup {
  readonly name: string;
  readonly sourceBranch: string;
  readonly parameters: { readonly [name: string]: unknown };
  readonly build: PlannedBuild;
  readonly pipelines: PlannedPipelines;
  /** In the order of deployment. */
  readonly environments: readonly PlannedEnvironment[];
  /** Environments that are deployed to at the same time; each wave after the one before it. */
  readonly waves: readonly PlannedWave[];
  /** What the deploy pipeline needs in further regions. */
  readonly replicas: readonly PlannedReplica[];
  readonly roles: BuildRoles & ToolingRoles;
}
