import { asksAnybody } from './approver';
import { DEPLOYER_ROLES, type DeployerRole, reaches } from './deployers';
import { HOSTS } from '../../options/knowledge/hosts';
import { arn } from '../arn';
import { type NamedRole, namerFor } from '../names/planned-names';
import { placeOf } from '../place';
import type { DeliverySettings } from '../settings';

/**
 * What a delivery has once in the tooling account: the bus and the topic, and the pipeline that deploys the
 * infrastructure.
 */
export function nameInfrastructure(delivery: DeliverySettings) {
  const place = placeOf(delivery.tooling);
  const { name, notifications } = delivery;
  const { regional, bucket, role } = namerFor(place);
  const bus = regional('eventBus', name, 'events');
  const topic = notifications.topicArn ? undefined : regional('topic', name, 'notifications');
  const deployers = reaches(delivery);
  const hasGate = HOSTS[delivery.infrastructure.source.type].inAws;
  return {
    place,
    stack: regional('stack', name, 'infrastructure'),
    keyAlias: regional('keyAlias', name, 'infrastructure'),
    bus,
    busArn: arn(place, 'events', `event-bus/${bus.name}`),
    // CloudFormation takes it for the resource's id, so a second delivery in this account must not have the same.
    busStatement: regional('busStatement', name, 'forwarders'),
    archive: regional('archive', name, 'events'),
    failures: regional('failures', name, 'infrastructurefailures'),
    topic,
    topicArn: notifications.topicArn ?? arn(place, 'sns', topic?.name ?? ''),
    pipeline: delivery.infrastructure.pipeline ? {
      name: regional('codePipeline', name, 'infrastructure'),
      stack: regional('stack', name, 'infrastructurepipeline'),
      keyAlias: regional('keyAlias', name, 'infrastructurepipeline'),
      bucket: bucket(name, 'infrastructure'),
      synthProject: regional('codeBuild', name, 'infrastructuresynth'),
      deployers: deployers.map(({ type, places }) => ({
        type, places, project: regional('codeBuild', name, `infrastructuredeploy${type}`),
      })),
      commitRule: regional('rule', name, 'infrastructurecommits'),
      commitGate: regional('stateMachine', name, 'infrastructurecommits'),
    } : undefined,
    roles: delivery.infrastructure.pipeline ? {
      pipeline: role(name, 'infrastructurepipeline'),
      synth: role(name, 'infrastructuresynth'),
      ...Object.fromEntries(deployers.map(({ type }) => [
        DEPLOYER_ROLES[type], role(name, `infrastructuredeployer${type}`),
      ])) as { [R in DeployerRole]?: NamedRole },
      ...(hasGate ? {
        trigger: role(name, 'infrastructuretrigger'),
        commitGate: role(name, 'infrastructuregate'),
      } : {}),
      ...(asksAnybody(delivery) ? { approver: role(name, 'infrastructureapprover') } : {}),
    } : {},
  };
}
