import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { chatMessage, type Message } from './chat-message';
import { letServicesSend } from './service-use';
import { accept, acceptQuietAlarm } from './suppress';

/** What is watched for, and what is said when it happens. */
export interface Failure extends Message {
  /** Ending of the names of rule and alarm, at most 11 characters. */
  readonly kind: string;
  readonly description: string;
  readonly pattern: object;
  /** Bus that the event arrives at; the account's default bus unless given. */
  readonly bus?: string;
  /** Whether it is only told: no alarm stays in the list for what is as it should be. */
  readonly isNoFailure?: boolean;
}

export interface FailureWatchProps {
  /** Beginning of every name. */
  readonly prefix: string;
  readonly topicArn: string;
  /** Topic whose messages chat applications show; they show only what has their form. */
  readonly chatTopicArn?: string;
  /** Encrypts what could not be sent; its policy is extended for EventBridge. */
  readonly key: IKey;
  readonly failures: readonly Failure[];
  /** Queues besides the watch's own that nothing should ever be in. */
  readonly queues: readonly sqs.IQueue[];
}

/** Minutes over which an alarm counts. */
const PERIOD = 5;

/**
 * For each failure a rule that sends a message and an alarm that stays in the account's list; alarms on queues of what
 * could not be delivered.
 */
export class FailureWatch extends Construct {
  public readonly rules: events.CfnRule[];
  public readonly alarms: cloudwatch.CfnAlarm[];
  public readonly undelivered: sqs.Queue;

  public constructor(scope: Construct, id: string, props: FailureWatchProps) {
    super(scope, id);
    const { prefix, failures } = props;
    this.undelivered = this.makeQueue(prefix, props.key);
    this.rules = failures.map(failure => this.makeRule(failure, props));
    this.undelivered.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'Undelivered',
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [this.undelivered.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': this.rules.map(rule => rule.attrArn) } },
    }));
    this.alarms = [
      ...failures.filter(({ isNoFailure }) => !isNoFailure).map(failure => this.alarmOnRule(failure, prefix)),
      ...[
        this.undelivered,
        ...props.queues,
      ].map((queue, i) => this.alarmOnQueue(queue, i === 0 ? 'undelivered' : `queue${i}`, props)),
    ];
  }

  private makeQueue(prefix: string, key: IKey): sqs.Queue {
    const queue = new sqs.Queue(this, 'Undelivered', {
      queueName: `${prefix}-undelivered`,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    letServicesSend(key, 'events');
    accept(queue, { rule: 'AwsSolutions-SQS3', reason: 'This queue is the dead-letter queue.' });
    return queue;
  }

  private makeRule(failure: Failure, { prefix, topicArn, chatTopicArn }: FailureWatchProps): events.CfnRule {
    const { kind, description, bus, pattern, parts, message } = failure;
    // What cannot be sent is kept, to be sent again.
    const reliably = {
      deadLetterConfig: { arn: this.undelivered.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
    };
    return new events.CfnRule(this, `${capital(kind)}Rule`, {
      name: `${prefix}-${kind}`,
      description,
      eventBusName: bus,
      eventPattern: pattern,
      targets: [{
        id: 'Topic',
        arn: topicArn,
        // No role: copies of EventBridge's guide disagree whether topics may have one ("Using resource-based policies
        // for Amazon EventBridge"; an older one: delivery to encrypted topics may fail). Without one it always works.
        // Several lines of text are one string each (EventBridge user guide, "Input transformation").
        inputTransformer: { inputPathsMap: { ...parts }, inputTemplate: message.map(line => `"${line}"`).join('\n') },
        ...reliably,
      }, ...(chatTopicArn === undefined ? [] : [{
        id: 'Chat', arn: chatTopicArn, inputTransformer: chatMessage(failure), ...reliably,
      }])],
    });
  }

  /**
   * The rule reports it; the alarm has no action, so nobody is notified twice. Metrics of the default bus have no bus
   * among their dimensions (EventBridge user guide, "Metrics").
   */
  private alarmOnRule({ kind, description, bus }: Failure, prefix: string): cloudwatch.CfnAlarm {
    const name = `${prefix}-${kind}`;
    const alarm = new cloudwatch.CfnAlarm(this, `${capital(kind)}Alarm`, {
      ...ONCE,
      alarmName: name,
      alarmDescription: description,
      namespace: 'AWS/Events',
      metricName: 'TriggeredRules',
      dimensions: [
        ...(bus === undefined ? [] : [{ name: 'EventBusName', value: bus }]),
        { name: 'RuleName', value: name },
      ],
      statistic: 'Sum',
    });
    acceptQuietAlarm(alarm, 'The rule beside it tells people; with an action they would be told twice.');
    return alarm;
  }

  private alarmOnQueue(
    queue: sqs.IQueue, kind: string, { prefix, topicArn, chatTopicArn }: FailureWatchProps,
  ): cloudwatch.CfnAlarm {
    return new cloudwatch.CfnAlarm(this, `${capital(kind)}Alarm`, {
      ...ONCE,
      alarmName: `${prefix}-${kind}`,
      alarmDescription: `Something could not be delivered and waits in the queue ${queue.queueName} for 14 days at `
        + 'most: read it, fix the cause, and send it again',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: [{ name: 'QueueName', value: queue.queueName }],
      statistic: 'Maximum',
      // Chat applications show alarms as they are.
      alarmActions: [topicArn, ...(chatTopicArn === undefined ? [] : [chatTopicArn])],
    });
  }
}

/** One is enough. No data means that nothing happened. */
const ONCE = {
  period: PERIOD * 60,
  evaluationPeriods: 1,
  threshold: 1,
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  treatMissingData: 'notBreaching',
} as const;

function capital(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}
