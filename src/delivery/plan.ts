import type { Delivery, DeliveryEndpoint, DeliverySource, Place } from './delivery';
import { planGroup } from './plan-group';
import { type PlannedInfrastructure, planInfrastructure } from './plan-infrastructure';
import type { BuildRoles } from './roles/build-roles';
import type { EnvironmentRoles } from './roles/environment-roles';
import type { PlannedRole } from './roles/role-model';
import type { ToolingRoles } from './roles/tooling-roles';
import { type PlannedStack, planStacks } from './stacks';
import { type PlannedUpgrade, planUpgrade } from './upgrade';
import type { EnvironmentType } from '../options/deployment-group';
import type { NetworkOptions } from '../options/network';

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

/** Where a group's model is built and registered. */
export interface PlannedBuild {
  readonly name: string;
  readonly type: EnvironmentType;
  readonly place: Place;
  readonly network?: NetworkOptions;
  readonly s3AccessLogsBucketArn?: string;
  readonly stack: string;
  readonly keyAlias: string;
  readonly artifactBucket: string;
  readonly modelPackageGroup: string;
  readonly pipelineName: string;
  /** Rule that forwards approvals and rejections to the delivery's bus in the tooling account. */
  readonly approvalRule: string;
  /** Rule that forwards failures to it. */
  readonly failureRule: string;
  /** Queue of events that could not be forwarded, and the alarm on it. */
  readonly undelivered: string;
  readonly repositories: readonly PlannedRepository[];
  /** Other accounts that look at the model package group, sorted, each once. */
  readonly readerAccounts: readonly string[];
  /** Roles of other accounts that read the artifacts. */
  readonly artifactReaders: readonly string[];
  /** Roles of other accounts that pull images of the group's own repositories. */
  readonly imageReaders: readonly string[];
}

/** A repository for container images in a build environment. */
export interface PlannedRepository {
  /** The option's name. */
  readonly name: string;
  /** Name in ECR, or the prefix of what is fetched from another registry. */
  readonly repository: string;
  readonly upstream?: { readonly registryUrl: string; readonly credentialArn?: string };
}

/** A group's pipelines in the tooling account. */
export interface PlannedPipelines {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  readonly bucket: string;
  readonly buildPipeline: string;
  readonly buildProject: string;
  readonly commitRule: string;
  /** State machine that looks at the changed paths of a commit; only for CodeCommit. */
  readonly commitGate: string;
  readonly approvalRule: string;
  /** The approval gate. */
  readonly stateMachine: string;
  /** Whether the gate can ask the registry: SDK integrations work in their own region alone. */
  readonly asksRegistry: boolean;
  readonly deployPipeline: string;
  readonly prepareProject: string;
  readonly verifyProject: string;
  /** Prefix of rules and alarms about failures. */
  readonly failures: string;
  /** Roles of other accounts that read the pipeline's artifacts. */
  readonly artifactReaders: readonly string[];
}

/** An environment that a group deploys to. */
export interface PlannedEnvironment {
  readonly name: string;
  readonly type: EnvironmentType;
  readonly place: Place;
  readonly network?: NetworkOptions;
  readonly s3AccessLogsBucketArn?: string;
  /** Stack with what the endpoint needs: key, buckets, roles. */
  readonly stack: string;
  /** Stack with the endpoint; only the deploy pipeline touches it. */
  readonly endpointStack: string;
  readonly keyAlias: string;
  readonly captureBucket: string;
  /** Assets of the endpoint stack below `assets/`, models from another region below `models/`. */
  readonly deploymentBucket: string;
  /** Model package group for copies, where the build is in another region. */
  readonly replicaGroup?: string;
  readonly endpointName: string;
  readonly manualApproval: boolean;
  readonly endpoint: DeliveryEndpoint;
  readonly roles: EnvironmentRoles;
}

/** A stage of the deploy pipeline. */
export interface PlannedWave {
  readonly stage: string;
  readonly environments: readonly PlannedEnvironment[];
}

/** Key and bucket for actions of the deploy pipeline in another region. */
export interface PlannedReplica {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  readonly bucket: string;
  /** Roles of other accounts that read from it. */
  readonly artifactReaders: readonly string[];
}

/** Makes the plan of a delivery; the same delivery always gives the same plan. */
export function planDelivery(delivery: Delivery): DeliveryPlan {
  const repositories = createdRepositories(delivery);
  const infrastructure = planInfrastructure(delivery);
  const groups = delivery.deploymentGroups.map(group => planGroup(delivery, group, infrastructure));
  const [first] = delivery.deploymentGroups;
  const upgrade = planUpgrade(delivery, first, groups[0].pipelines);
  const stacks = planStacks(delivery, groups, infrastructure, repositories.length > 0);
  return {
    delivery, repositories, sourceStack: stacks.find(s => s.kind === 'source')?.name, infrastructure: infrastructure.withTiers(stacks), groups, stacks, upgrade,
  };
}

/** Model and infrastructure may come from one repository, which is then created once. */
function createdRepositories({ source, infrastructure }: Delivery): DeliverySource[] {
  const all = infrastructure.pipeline && infrastructure.source.repository !== source.repository ? [source, infrastructure.source] : [source];
  return all.filter(repository => repository.create);
}

/** Every role of a plan, in the order of the delivery. */
export function rolesOf(plan: DeliveryPlan): PlannedRole[] {
  const present = (roles: object): PlannedRole[] => (Object.values(roles) as Array<PlannedRole | undefined>).flatMap(role => role ?? []);
  const groups = plan.groups.flatMap(group => [...present(group.roles), ...group.environments.flatMap(e => present(e.roles))]);
  return [...groups, ...present(plan.infrastructure.roles), ...present(plan.upgrade?.roles ?? {})];
}
