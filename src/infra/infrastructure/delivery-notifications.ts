import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DeliveryOptions } from '../../options/delivery';
import { arn } from '../../plan/arn';
import type { DeliveryPlan } from '../../plan/model';
import { fill } from '../shared/fill';
import { planOf } from '../shared/plan';
import { letServicesSend } from '../shared/service-use';

/** The delivery that people are told about. */
export interface DeliveryNotificationsProps {
  /** The delivery, as in `config/delivery.json`. */
  readonly delivery: DeliveryOptions;

  /**
   * Key that messages are encrypted with; its policy is extended. Not used when the delivery names a topic that exists.
   */
  readonly key: IKey;
}

/**
 * The topic that failures, alarms and waiting approvals are told of: encrypted, through TLS alone, with exactly the
 * publishers that the delivery has. When the delivery names a topic that exists, that one is used as it is.
 *
 * @throws OptionError when the delivery is wrong
 */
export class DeliveryNotifications extends Construct {
  /** The topic. */
  public readonly topic: sns.ITopic;

  public constructor(scope: Construct, id: string, props: DeliveryNotificationsProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { topic } = plan.infrastructure;
    this.topic = topic === undefined
      ? sns.Topic.fromTopicArn(this, 'Topic', plan.infrastructure.topicArn)
      : this.makeTopic(topic, plan, props.key);
  }

  private makeTopic(name: string, plan: DeliveryPlan, key: IKey): sns.Topic {
    const topic = new sns.Topic(this, 'Topic', {
      topicName: name,
      displayName: plan.delivery.name.slice(0, 100),
      masterKey: key,
      enforceSSL: true,
    });
    const account = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    letServicesSend(key, 'events', 'cloudwatch');
    const may = (service: string, sources: string[]) => topic.addToResourcePolicy(new iam.PolicyStatement({
      sid: service,
      principals: [new iam.ServicePrincipal(`${service}.amazonaws.com`)],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { ...account, ArnLike: { 'aws:SourceArn': sources.map(source => fill(this, source)) } },
    }));
    const { place, bus } = plan.infrastructure;
    // What follows the prefix is what kind of failure the rule or alarm is about; a policy that named each would not
    // hold 100 groups.
    const failing = [
      plan.infrastructure,
      ...(plan.promotion ? [plan.promotion] : []),
      ...plan.groups.map(group => group.pipelines),
    ];
    const prefixes = failing.map(part => part.failures);
    may(
      'events',
      prefixes.flatMap(prefix => [
        arn(place, 'events', `rule/${prefix}-*`),
        arn(place, 'events', `rule/${bus}/${prefix}-*`),
      ]),
    );
    may('cloudwatch', prefixes.map(prefix => arn(place, 'cloudwatch', `alarm:${prefix}-*`)));
    plan.delivery.notifications.emailAddresses.forEach((address, i) => {
      new sns.CfnSubscription(this, `Mail${i + 1}`, { topicArn: topic.topicArn, protocol: 'email', endpoint: address });
    });
    return topic;
  }
}
