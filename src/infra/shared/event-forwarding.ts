import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { fill } from './fill';
import { STATUSES } from './statuses';
import { accept, acceptQuietAlarm } from './suppress';
import { arn } from '../../plan/arn';
import type { Place } from '../../plan/place';

/** Whose events are forwarded. */
export interface Forwarded {
  readonly place: Place;
  /** Name of the queue of events that could not be forwarded, and of the alarm on it. */
  readonly undelivered: string;
  /** Whether it is no queue but a delivery stream. */
  readonly isStream?: boolean;
}

/**
 * The queue of events that these rules could not forward. Without a key whose policy can let EventBridge in, SQS
 * encrypts it with its own: events that nobody may encrypt would be lost unseen.
 */
export function undeliveredQueue(
  scope: Construct, { place, undelivered }: Forwarded, rules: readonly string[], key: IKey | undefined,
): sqs.Queue {
  const queue = new sqs.Queue(scope, 'Undelivered', {
    queueName: undelivered, enforceSSL: true, retentionPeriod: Duration.days(14),
    ...(key ? { encryptionMasterKey: key } : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
  });
  accept(queue, {
    rule: 'AwsSolutions-SQS3',
    reason: 'This queue is itself the dead-letter queue of the forwarding rules.',
  }, ...(key ? [] : [{
    rule: 'CKV_AWS_27',
    reason: 'SQS encrypts it with its own key: EventBridge may not use a key whose policy is not ours.',
  }]));
  const principals = [new iam.ServicePrincipal('events.amazonaws.com')];
  queue.addToResourcePolicy(new iam.PolicyStatement({
    sid: 'ForwardingRules',
    principals,
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: {
      ArnEquals: { 'aws:SourceArn': rules.map(rule => fill(scope, arn(place, 'events', `rule/${rule}`))) },
    },
  }));
  // Without the rules' ARNs as a condition: EventBridge does not say them to KMS (SNS guide, "Key management"), and
  // letters would be lost unseen. The queue's policy does have them.
  key?.addToResourcePolicy(new iam.PolicyStatement({
    sid: 'UndeliveredEvents',
    principals,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
  }));
  return queue;
}

/** Whether there is something in it; `what` says what that means. */
export function undeliveredAlarm(
  scope: Construct, { undelivered }: Forwarded, queue: sqs.Queue, what: string,
): cloudwatch.Alarm {
  const alarm = new cloudwatch.Alarm(scope, 'Alarm', {
    alarmName: undelivered,
    alarmDescription: `${what}: see the messages in the queue ${undelivered}`,
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  acceptQuietAlarm(alarm, 'EventBridge forwards its change of state to the tooling account, which tells people.');
  return alarm;
}

/** The alarms, as events. */
export function undeliveredEvents(scope: IConstruct, ...forwarded: readonly Forwarded[]): object {
  return {
    'source': ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    'resources': forwarded.map(({ place, undelivered }) =>
      fill(scope, arn(place, 'cloudwatch', `alarm:${undelivered}`))),
    'detail': { state: { value: STATUSES.alarm.told } },
  };
}

/** A SageMaker pipeline. */
interface Executed {
  readonly place: Place;
  readonly pipelineName: string;
}

/** Executions of SageMaker pipelines that did not succeed, as events. */
export function failedExecutions(scope: IConstruct, ...pipelines: readonly Executed[]): object {
  return {
    'source': ['aws.sagemaker'],
    'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'],
    'detail': {
      currentPipelineExecutionStatus: STATUSES.training.told,
      pipelineArn: pipelines.map(({ place, pipelineName }) =>
        fill(scope, arn(place, 'sagemaker', `pipeline/${pipelineName}`))),
    },
  };
}

/** What a forwarding rule works with. */
export interface ForwardingRule {
  readonly name: string;
  readonly description: string;
  readonly eventPattern: object;
  readonly busArn: string;
  readonly role: iam.IRole;
  readonly undelivered: sqs.IQueue;
}

/** A rule that hands events on, unchanged; EventBridge tries for 24 hours, then the event is kept for 14 days. */
export function forwardingRule(scope: Construct, id: string, rule: ForwardingRule): events.CfnRule {
  const { name, description, eventPattern } = rule;
  return new events.CfnRule(scope, id, {
    name,
    description,
    eventPattern,
    targets: [{
      id: 'Delivery',
      arn: fill(scope, rule.busArn),
      roleArn: rule.role.roleArn,
      deadLetterConfig: { arn: rule.undelivered.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
    }],
  });
}
