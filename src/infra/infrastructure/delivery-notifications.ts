import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ChatChannels } from './chat-channels';
import type { Delivery } from '../../delivery/delivery';
import { arn } from '../../plan/arn';
import type { DeliveryPlan } from '../../plan/model';
import { fill } from '../shared/fill';
import { planOf } from '../shared/plan';
import { letServicesSend } from '../shared/service-use';

/** The delivery that people are notified about. */
export interface DeliveryNotificationsProps {
  /** The delivery. */
  readonly delivery: Delivery;

  /**
   * Key that messages are encrypted with; its policy is extended. Not used if the delivery names an existing topic.
   */
  readonly key: IKey;
}

/**
 * The topic for failures, alarms and waiting approvals: encrypted, TLS only, open to exactly the delivery's alarms and
 * roles, and to EventBridge, whose rules a topic's policy cannot distinguish. If the delivery names an existing topic,
 * that topic is used unchanged.
 *
 * @throws OptionError when the delivery is invalid
 */
export class DeliveryNotifications extends Construct {
  /** The topic. */
  public readonly topic: sns.ITopic;
  /** The topic of messages for chat applications; only if the delivery names channels. */
  public readonly chatTopic?: sns.ITopic;

  public constructor(scope: Construct, id: string, props: DeliveryNotificationsProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { topic, chat } = plan.infrastructure;
    this.topic = topic === undefined
      ? sns.Topic.fromTopicArn(this, 'Topic', plan.infrastructure.topicArn)
      : this.makeTopic(topic, plan, props.key);
    if (topic !== undefined) {
      plan.delivery.notifications.emailAddresses.forEach((address, i) => {
        new sns.CfnSubscription(this, `Mail${i + 1}`, {
          topicArn: this.topic.topicArn, protocol: 'email', endpoint: address,
        });
      });
    }
    if (chat !== undefined) {
      this.chatTopic = this.makeTopic(chat.topic, plan, props.key, 'ChatTopic');
      new ChatChannels(this, 'Channels', plan, this.chatTopic);
    }
  }

  private makeTopic(name: string, plan: DeliveryPlan, key: IKey, id = 'Topic'): sns.Topic {
    const topic = new sns.Topic(this, id, {
      topicName: name,
      displayName: plan.delivery.name.slice(0, 100),
      masterKey: key,
      enforceSSL: true,
    });
    const account = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    letServicesSend(key, 'events', 'cloudwatch');
    const may = (service: string, conditions?: iam.Conditions) => topic.addToResourcePolicy(new iam.PolicyStatement({
      sid: service,
      principals: [new iam.ServicePrincipal(`${service}.amazonaws.com`)],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions,
    }));
    // Topic policies for EventBridge take no condition: with one no message would arrive (EventBridge user guide,
    // "Using resource-based policies for Amazon EventBridge", Amazon SNS permissions). What is left open: a rule of
    // whatever account that knows the topic's ARN can send a message to it; nothing but people's mail is behind it.
    may('events');
    const { place } = plan.infrastructure;
    // What follows the prefix is what kind of failure the alarm is about; a policy that named each would not
    // hold 100 groups.
    const failing = [
      plan.infrastructure,
      ...(plan.promotion ? [plan.promotion] : []),
      ...(plan.governance.decisions ? [plan.governance.decisions] : []),
      ...plan.groups.map(group => group.pipelines),
    ];
    const { audit, decisions } = plan.governance;
    const prefixes = [
      ...failing.map(part => part.failures), ...(audit ? [audit.reports] : []),
      ...(decisions ? [decisions.failures, decisions.approvals] : []),
    ];
    const alarms = prefixes.map(prefix => fill(this, arn(place, 'cloudwatch', `alarm:${prefix}-*`)));
    may('cloudwatch', { ...account, ArnLike: { 'aws:SourceArn': alarms } });
    return topic;
  }
}
