import type { Place } from '../place';
import type { NameKind } from './name-rules';
import type { PromotionOptions } from '../../options/promotion';
import { sourceGroupOf } from '../../options/promotion-rules';
import { approvalAction } from '../deploy/roles';
import type { DeliveryPlan, PlannedGroup } from '../model';
import { rolesOf } from '../plan';

/** A name that the plan gives, and how far it has to be the only one of its kind. */
export interface PlannedName {
  readonly kind: NameKind;
  readonly name: string;
  /** Everywhere, in one account, in one account and region, or in one pipeline or stage (which are named then). */
  readonly scope: string;
  /** Path of the option that gives it, where it is a name of the user's own. */
  readonly option?: string;
}

/** Every name that a plan gives. */
export function namesOf(plan: DeliveryPlan): PlannedName[] {
  const { infrastructure, upgrade, delivery } = plan;
  const here = infrastructure.place;
  const { pipeline } = infrastructure;
  return [
    ...plan.stacks.map(stack => regional('stack', stack.name, stack.place)),
    ...rolesOf(plan).map((role): PlannedName => ({ kind: 'role', name: role.name, scope: role.place.account ?? '' })),
    regional('keyAlias', infrastructure.keyAlias, here), bucket(infrastructure.bucket), regional('eventBus', infrastructure.bus, here),
    regional('archive', infrastructure.archive, here), regional('failures', infrastructure.failures, here),
    ...optional('topic', infrastructure.topic, here),
    ...(pipeline ? [
      regional('codePipeline', pipeline.name, here), regional('codeBuild', pipeline.synthProject, here), regional('codeBuild', pipeline.deployProject, here),
      regional('rule', pipeline.commitRule, here), regional('stateMachine', pipeline.commitGate, here),
    ] : []),
    ...(upgrade ? [
      regional('rule', upgrade.rule, delivery.tooling), regional('codeBuild', upgrade.project, delivery.tooling), ...optional('codePipeline', upgrade.pipeline, delivery.tooling),
    ] : []),
    ...plan.groups.flatMap(groupNames),
    ...(delivery.promotion ? [{
      ...regional('modelPackageGroup', promotedGroup(delivery.promotion), delivery.tooling), option: 'promotion.targetModelPackageGroupName',
    }] : []),
  ];
}

function groupNames({ build, pipelines, environments, waves, replicas }: PlannedGroup): PlannedName[] {
  const { place } = build;
  const here = pipelines.place;
  return [
    regional('keyAlias', build.keyAlias, place), bucket(build.artifactBucket), regional('modelPackageGroup', build.modelPackageGroup, place),
    regional('sagemakerPipeline', build.pipelineName, place), regional('rule', build.approvalRule, place), regional('rule', build.failureRule, place),
    regional('queue', build.undelivered, place), ...build.repositories.map(r => regional(r.upstream ? 'repositoryPrefix' : 'repository', r.repository, place)),
    regional('keyAlias', pipelines.keyAlias, here), bucket(pipelines.bucket), regional('codePipeline', pipelines.buildPipeline, here),
    regional('codeBuild', pipelines.buildProject, here), regional('rule', pipelines.commitRule, here), regional('stateMachine', pipelines.commitGate, here),
    regional('rule', pipelines.approvalRule, here), regional('stateMachine', pipelines.stateMachine, here), regional('codePipeline', pipelines.deployPipeline, here),
    regional('codeBuild', pipelines.prepareProject, here), regional('codeBuild', pipelines.verifyProject, here), regional('failures', pipelines.failures, here),
    ...replicas.flatMap(r => [regional('keyAlias', r.keyAlias, r.place), bucket(r.bucket)]),
    ...waves.map((wave): PlannedName => ({ kind: 'pipelineStage', name: wave.stage, scope: pipelines.deployPipeline })),
    ...waves.flatMap(wave => wave.environments.map((e): PlannedName => ({ kind: 'pipelineStage', name: approvalAction(e.name), scope: `${pipelines.deployPipeline} ${wave.stage}` }))),
    ...environments.flatMap(e => [
      regional('keyAlias', e.keyAlias, e.place), bucket(e.captureBucket), bucket(e.deploymentBucket), regional('endpoint', e.endpointName, e.place),
      ...optional('modelPackageGroup', e.replicaGroup, e.place),
    ]),
  ];
}

function regional(kind: NameKind, name: string, place: Place): PlannedName {
  return { kind, name, scope: `${place.account ?? ''} ${place.region ?? ''}` };
}

function optional(kind: NameKind, name: string | undefined, place: Place): PlannedName[] {
  return name === undefined ? [] : [regional(kind, name, place)];
}

/** Names of buckets are global (S3 user guide, "General purpose bucket naming rules"). */
function bucket(name: string): PlannedName {
  return { kind: 'bucket', name, scope: '' };
}

/** Where a promotion registers what it brings. */
function promotedGroup({ sourceModelPackageGroupArn, targetModelPackageGroupName }: PromotionOptions): string {
  return targetModelPackageGroupName ?? sourceGroupOf(sourceModelPackageGroupArn).name;
}
