import { arn, bucketIn } from './arn';
import type { Delivery, DeliveryDeployEnvironment, DeliveryEndpoint, DeliveryGroup, Place } from './delivery';
import { nameOf } from './names';
import { type BuildRoles, buildRoles } from './roles/build-roles';
import { type EnvironmentRoles, environmentRoles } from './roles/environment-roles';
import type { PlannedRole } from './roles/role-model';
import { type ToolingRoles, toolingRoleArns, toolingRoles } from './roles/tooling-roles';
import { type PlannedStack, planStacks } from './stacks';
import { type PlannedUpgrade, planUpgrade } from './upgrade';
import type { EnvironmentType } from '../options/deployment-group';

/** What a delivery consists of: every stage, name and role, in order. Infrastructure, diagrams and docs are all made from it. */
export interface DeliveryPlan {
  readonly delivery: Delivery;
  /** Stack of the source repository, when it is created. */
  readonly sourceStack?: string;
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
  readonly environments: readonly PlannedEnvironment[];
  readonly roles: BuildRoles & ToolingRoles;
}

/** Where a group's model is built and registered. */
export interface PlannedBuild {
  readonly name: string;
  readonly type: EnvironmentType;
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  readonly artifactBucket: string;
  readonly modelPackageGroup: string;
  readonly pipelineName: string;
  /** Other accounts that read the model package group, sorted, each once. */
  readonly readerAccounts: readonly string[];
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
  readonly approvalRule: string;
  readonly stateMachine: string;
  readonly deployPipeline: string;
  readonly prepareProject: string;
  readonly verifyProject: string;
}

/** An environment that a group deploys to. */
export interface PlannedEnvironment {
  readonly name: string;
  readonly type: EnvironmentType;
  readonly place: Place;
  /** Stack with what the endpoint needs: key, bucket, roles. */
  readonly stack: string;
  /** Stack with the endpoint; only the deploy pipeline touches it. */
  readonly endpointStack: string;
  /** Stage of the deploy pipeline. */
  readonly stage: string;
  readonly keyAlias: string;
  readonly captureBucket: string;
  readonly endpointName: string;
  readonly manualApproval: boolean;
  readonly endpoint: DeliveryEndpoint;
  readonly roles: EnvironmentRoles;
}

/** Makes the plan of a delivery; the same delivery always gives the same plan. */
export function planDelivery(delivery: Delivery): DeliveryPlan {
  const sourceStack = delivery.source.create ? nameOf('stack', delivery.name, 'source') : undefined;
  const groups = delivery.deploymentGroups.map(group => planGroup(delivery, group));
  const [first] = delivery.deploymentGroups;
  const upgrade = planUpgrade(delivery, first, groups[0].pipelines);
  return { delivery, sourceStack, groups, stacks: planStacks(delivery, groups, sourceStack), upgrade };
}

function planGroup(delivery: Delivery, group: DeliveryGroup): PlannedGroup {
  const words = [delivery.name, group.name] as const;
  const build = planBuild(words, group);
  const pipelines = planPipelines(words, delivery.tooling);
  const ids = toolingRoleArns(words, pipelines);
  const data = Object.values(group.parameters).filter((v): v is string => typeof v === 'string' && v.startsWith('s3://')).sort();
  const own = buildRoles(words, build, ids.buildRunner.arn, [...new Set(data)], delivery.network);
  const callers = { pipelineArn: ids.deployPipeline.arn, runnerArn: ids.deployRunner.arn };
  const environments = group.deployEnvironments.map(environment => planEnvironment(delivery, words, environment, build, pipelines, callers));
  const tooling = toolingRoles({
    words, source: delivery.source, pipelines, build, network: delivery.network,
    buildRoleArn: own.build.arn,
    deployRoleArns: environments.map(e => e.roles.deploy.arn),
    verifyRoleArns: environments.map(e => e.roles.verify.arn),
  });
  const { name, sourceBranch, parameters } = group;
  return { name, sourceBranch, parameters, build, pipelines, environments, roles: { ...own, ...tooling } };
}

function planBuild(words: readonly [string, string], group: DeliveryGroup): PlannedBuild {
  const { name, type, account, region } = group.buildEnvironment;
  const place = { account, region };
  const others = group.deployEnvironments.map(e => e.account).filter((a): a is string => a !== undefined && a !== account);
  return {
    name, type, place,
    stack: nameOf('stack', ...words, 'build'),
    keyAlias: nameOf('keyAlias', ...words, 'build'),
    artifactBucket: bucketIn(place, nameOf('bucket', ...words, 'artifacts')),
    modelPackageGroup: nameOf('modelPackageGroup', ...words),
    pipelineName: nameOf('sagemakerPipeline', ...words),
    readerAccounts: [...new Set(others)].sort(),
  };
}

function planPipelines(words: readonly [string, string], place: Place): PlannedPipelines {
  return {
    place,
    stack: nameOf('stack', ...words, 'delivery'),
    keyAlias: nameOf('keyAlias', ...words, 'delivery'),
    bucket: bucketIn(place, nameOf('bucket', ...words, 'delivery')),
    buildPipeline: nameOf('codePipeline', ...words, 'build'),
    buildProject: nameOf('codeBuild', ...words, 'build'),
    commitRule: nameOf('rule', ...words, 'commits'),
    approvalRule: nameOf('rule', ...words, 'approvals'),
    stateMachine: nameOf('stateMachine', ...words, 'gate'),
    deployPipeline: nameOf('codePipeline', ...words, 'deploy'),
    prepareProject: nameOf('codeBuild', ...words, 'prepare'),
    verifyProject: nameOf('codeBuild', ...words, 'verify'),
  };
}

function planEnvironment(
  delivery: Delivery, group: readonly [string, string], environment: DeliveryDeployEnvironment, build: PlannedBuild, pipelines: PlannedPipelines,
  callers: { readonly pipelineArn: string; readonly runnerArn: string },
): PlannedEnvironment {
  const { name, type, account, region, manualApproval } = environment;
  const words = [...group, name] as const;
  const place = { account, region };
  const planned = {
    name, type, place, manualApproval,
    stack: nameOf('stack', ...words, 'environment'),
    endpointStack: nameOf('stack', ...words, 'endpoint'),
    stage: nameOf('pipelineStage', 'deploy', name),
    keyAlias: nameOf('keyAlias', ...words, 'environment'),
    captureBucket: bucketIn(place, nameOf('bucket', ...words, 'capture')),
    endpointName: nameOf('endpoint', ...words),
    endpoint: { ...delivery.endpoint, ...environment.endpoint },
  };
  return { ...planned, roles: environmentRoles(words, planned, build, pipelines, callers, delivery.network) };
}

/** ARN of a group's model package group. */
export function modelPackageGroupArn(build: PlannedBuild): string {
  return arn(build.place, 'sagemaker', `model-package-group/${build.modelPackageGroup}`);
}

/** Every role of a plan, in the order of the delivery. */
export function rolesOf(plan: DeliveryPlan): PlannedRole[] {
  const groups = plan.groups.flatMap(group => [...Object.values(group.roles), ...group.environments.flatMap(e => Object.values(e.roles))]);
  return [...groups, ...Object.values(plan.upgrade?.roles ?? {})];
}
