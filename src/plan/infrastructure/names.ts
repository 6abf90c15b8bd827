import type { PlannedInfrastructure } from './model';
import { arn, bucketIn } from '../arn';
import type { Delivery } from '../delivery';
import { nameOf } from '../names/name-of';
import type { Place } from '../place';
import { infrastructureRoles } from './roles';
import type { PlannedStack } from '../stacks/stack';
import { planTiers } from '../stacks/tiers';

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
