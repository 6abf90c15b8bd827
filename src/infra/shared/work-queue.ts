import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { fill } from './fill';
import { accept } from './suppress';
import { arn } from '../../plan/arn';
import type { Place } from '../../plan/place';

export interface WorkQueueProps {
  readonly key: IKey;
  readonly place: Place;
  /** How long the function that works through it may take for one message. */
  readonly timeoutSeconds: number;
  /** How often a message is tried before it is laid aside. */
  readonly attempts: number;
  /** How long a message waits before it is worked on; not at all unless given. */
  readonly delaySeconds?: number;
}

/** What brings messages. */
export interface Feed {
  readonly name: string;
  readonly description: string;
  /** Bus; the account's default bus unless given. */
  readonly bus?: string;
  readonly pattern?: object;
  readonly schedule?: string;
  /** What the message is, in place of the event. */
  readonly input?: string;
}

/** Days that a message waits at most; one that is laid aside keeps its age (SQS guide, "Dead-letter queues"). */
const DAYS = 7;

/**
 * Work for a function: rules bring messages, what fails is tried again after growing delays, and what never succeeds
 * is laid aside for the rest of 14 days.
 */
export class WorkQueue extends Construct {
  public readonly queue: sqs.Queue;
  public readonly deadLetters: sqs.Queue;
  private readonly props: WorkQueueProps;

  public constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.props = props;
    const { key } = props;
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: key, enforceSSL: true, retentionPeriod: Duration.days(14),
    });
    accept(this.deadLetters, { rule: 'AwsSolutions-SQS3', reason: 'This queue is the dead-letter queue.' });
    this.queue = new sqs.Queue(this, 'Queue', {
      encryptionMasterKey: key,
      enforceSSL: true,
      deliveryDelay: props.delaySeconds === undefined ? undefined : Duration.seconds(props.delaySeconds),
      retentionPeriod: Duration.days(DAYS),
      // Lambda guide, "Using Lambda with Amazon SQS": six times the function's own time.
      visibilityTimeout: Duration.seconds(6 * props.timeoutSeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.attempts },
    });
  }

  /** A rule that brings messages. */
  public feed(id: string, { name, description, bus, pattern, schedule, input }: Feed): events.CfnRule {
    const principals = [new iam.ServicePrincipal('events.amazonaws.com')];
    const rule = fill(this, arn(this.props.place, 'events', `rule/${bus === undefined ? '' : `${bus}/`}${name}`));
    for (const queue of [this.queue, this.deadLetters]) {
      queue.addToResourcePolicy(new iam.PolicyStatement({
        sid: id, principals, actions: ['sqs:SendMessage'], resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rule } },
      }));
    }
    return new events.CfnRule(this, id, {
      name,
      description,
      eventBusName: bus,
      eventPattern: pattern,
      scheduleExpression: schedule,
      targets: [{
        id: 'Queue',
        arn: this.queue.queueArn,
        input,
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
      }],
    });
  }

  /** Has a function work through it, a message at a time. */
  public workedBy(made: lambda.CfnFunction): lambda.CfnEventSourceMapping {
    return new lambda.CfnEventSourceMapping(this, 'Source', {
      functionName: made.ref,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 2 },
    });
  }

  /** Tells when something waits longer than it should. */
  public alarm(name: string, hours: number, topicArn: string): cloudwatch.CfnAlarm {
    return new cloudwatch.CfnAlarm(this, 'Waiting', {
      alarmName: name,
      alarmDescription: `Something has waited in the queue ${this.queue.queueName} for ${hours} hours and is tried `
        + 'again: the log of the function says what is missing',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensions: [{ name: 'QueueName', value: this.queue.queueName }],
      statistic: 'Maximum',
      period: 300,
      evaluationPeriods: 1,
      threshold: hours * 3600,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [fill(this, topicArn)],
    });
  }
}
