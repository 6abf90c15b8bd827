import { asksAnybody, asksInAws } from './approver';
import { DEPLOYER_ROLES, type DeployerRole, reaches } from './deployers';
import type { ChatOptions } from '../../options/chat';
import { HOSTS } from '../../options/knowledge/hosts';
import { arn } from '../arn';
import { isHosted } from '../engines';
import { type NamedRole, namerFor } from '../names/planned-names';
import { type Place, placeOf } from '../place';
import type { DeliverySettings } from '../settings';
import { nameInfrastructureWorkflow } from '../workflows/infrastructure-names';

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
  const chat = notifications.chat && nameChat(name, place, notifications.chat);
  const deployers = reaches(delivery);
  const hasGate = HOSTS[delivery.infrastructure.source.type].inAws;
  const isDeployed = delivery.infrastructure.pipeline;
  const byWorkflow = isDeployed && isHosted(delivery);
  const byPipeline = isDeployed && !byWorkflow;
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
    chat,
    chatTopicArn: chat && arn(place, 'sns', chat.topic.name),
    pipeline: byPipeline ? {
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
    workflow: byWorkflow ? nameInfrastructureWorkflow(delivery, deployers) : undefined,
    roles: {
      ...(chat ? { chat: role(name, 'chat') } : {}),
      ...(isDeployed ? {
        ...(byPipeline ? {
          pipeline: role(name, 'infrastructurepipeline'), synth: role(name, 'infrastructuresynth'),
        } : { differ: role(name, 'infrastructurediffer') }),
        ...Object.fromEntries(deployers.map(({ type }) => [
          DEPLOYER_ROLES[type], role(name, `infrastructuredeployer${type}`),
        ])) as { [R in DeployerRole]?: NamedRole },
        ...(hasGate ? {
          trigger: role(name, 'infrastructuretrigger'),
          commitGate: role(name, 'infrastructuregate'),
        } : {}),
        ...(asksAnybody(delivery) && asksInAws(delivery) ? { approver: role(name, 'infrastructureapprover') } : {}),
      } : {}),
    },
  };
}

/** The topic for chat applications, whose messages have their form, and a configuration for each channel. */
function nameChat(name: string, place: Place, { slack, teams }: ChatOptions) {
  const { regional } = namerFor(place);
  return {
    topic: regional('topic', name, 'chat'),
    ...(slack ? { slack: regional('chatConfiguration', name, 'slack') } : {}),
    ...(teams ? { teams: regional('chatConfiguration', name, 'teams') } : {}),
  };
}
