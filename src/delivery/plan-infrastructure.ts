import { arn, bucketIn } from './arn';
import type { Delivery, Place } from './delivery';
import { nameOf } from './names';
import { type InfrastructureRoles, infrastructureRoles } from './roles/infrastructure-roles';
import type { PlannedStack } from './stacks';
import { planTiers, type PlannedTier } from './tiers';

/** What a delivery has once in the tooling account: the bus and the topic, and the pipeline that deploys the infrastructure. */
export interface PlannedInfrastructure {
  readonly place: Place;
  readonly stack: string;
  readonly keyAlias: string;
  readonly bucket: string;
  /** Bus that events of all build environments arrive at, and its ARN. */
  readonly bus: string;
  readonly busArn: string;
  readonly archive: string;
  /** Prefix of rules and alarms about failures of the infrastructure pipeline. */
  readonly failures: string;
  /** The same for the promotion; undefined when there is none. */
  readonly promotionFailures?: string;
  /** Name of the topic that is made; undefined when there is one already. */
  readonly topic?: string;
  /** ARN of the topic, whoever made it. */
  readonly topicArn: string;
  /** The pipeline; undefined when the infrastructure is deployed by hand. */
  readonly pipeline?: PlannedInfrastructurePipeline;
  readonly roles: InfrastructureRoles;
}

export interface PlannedInfrastructurePipeline {
  readonly name: string;
  readonly synthProject: string;
  readonly deployProject: string;
  readonly commitRule: string;
  /** State machine that looks at the changed paths of a commit; only for CodeCommit. */
  readonly commitGate: string;
  /** Stages after the pipeline has brought itself up to date; stacks of one stage are deployed side by side, in the order of their needs. */
  readonly tiers: readonly PlannedTier[];
}

/** The plan without its tiers, which are made from all stacks. */
export interface InfrastructureDraft extends PlannedInfrastructure {
  withTiers(stacks: readonly PlannedStack[]): PlannedInfrastructure;
}

export function planInfrastructure(delivery: Delivery): InfrastructureDraft {
  const place: Place = { account: delivery.tooling.account, region: delivery.tooling.region };
  const { name } = delivery;
  const topic = delivery.notifications.topicArn ? undefined : nameOf('topic', name, 'notifications');
  const bus = nameOf('eventBus', name, 'events');
  const draft = {
    place,
    bus,
    busArn: arn(place, 'events', `event-bus/${bus}`),
    archive: nameOf('archive', name, 'events'),
    failures: nameOf('failures', name, 'infrastructurefailures'),
    promotionFailures: delivery.promotion && nameOf('failures', name, 'promotionfailures'),
    stack: nameOf('stack', name, 'infrastructure'),
    keyAlias: nameOf('keyAlias', name, 'infrastructure'),
    bucket: bucketIn(place, nameOf('bucket', name, 'infrastructure')),
    topic,
    topicArn: delivery.notifications.topicArn ?? arn(place, 'sns', topic ?? ''),
    pipeline: delivery.infrastructure.pipeline ? {
      name: nameOf('codePipeline', name, 'infrastructure'),
      synthProject: nameOf('codeBuild', name, 'infrastructuresynth'),
      deployProject: nameOf('codeBuild', name, 'infrastructuredeploy'),
      commitRule: nameOf('rule', name, 'infrastructurecommits'),
      commitGate: nameOf('stateMachine', name, 'infrastructurecommits'),
      tiers: [],
    } : undefined,
  };
  const planned: PlannedInfrastructure = { ...draft, roles: infrastructureRoles(delivery, draft) };
  return {
    ...planned,
    withTiers: stacks => ({ ...planned, pipeline: planned.pipeline && { ...planned.pipeline, tiers: planTiers(delivery, stacks, planned.stack) } }),
  };
}
