import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { arn } from '../../plan/arn';
import { inputOf, type NamedBatch, outputOf } from '../../plan/endpoint/batch/model';
import { SMOKE_TEST_PREFIX } from '../../plan/endpoint/batch/names';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { fill } from '../shared/fill';
import { makeRole } from '../shared/planned-role';
import { PrivateBucket } from '../shared/private-bucket';
import { STATUSES } from '../shared/statuses';
import { accept } from '../shared/suppress';

/** The environment, and what it shares with its score pipeline. */
export interface BatchSurroundingsProps {
  readonly environment: PlannedEnvironment;
  readonly batch: NamedBatch;
  /** Encrypts data, and starts that could not be made where its policy is ours. */
  readonly key: IKey;
  readonly busArn: string;
}

/** Days after which what a smoke test scored is removed. */
const SMOKE_TEST_DAYS = 7;

/**
 * What the score pipeline of an environment needs around it: a bucket for data, roles, a queue for starts that could
 * not be made, and the forwarding of failures to the tooling account.
 */
export class BatchSurroundings extends Construct {
  /** Input, predictions, and what smoke tests score. */
  public readonly bucket: s3.Bucket;
  /** Starts that could not be made, and events that could not be forwarded. */
  public readonly undelivered: sqs.Queue;
  /** Whether there are any. */
  public readonly alarm: cloudwatch.Alarm;
  /** Matches failures of exactly this pipeline, and the alarm. */
  public readonly failureRule: events.CfnRule;

  public constructor(scope: Construct, id: string, props: BatchSurroundingsProps) {
    super(scope, id);
    const { environment: { roles }, batch, key } = props;
    this.bucket = this.makeBucket(props);
    this.undelivered = this.makeQueue(props);
    const values = { key: key.keyArn };
    makeRole(this, 'ScoreRole', roles.score!, values);
    if (roles.schedule) { makeRole(this, 'ScheduleRole', roles.schedule, values); }
    if (roles.arrival) { makeRole(this, 'ArrivalRole', roles.arrival, values); }
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmName: batch.undelivered,
      alarmDescription: `Starts of ${batch.pipelineName}, or its failures, could not be delivered: see the messages in `
        + `the queue ${batch.undelivered}`,
      metric: this.undelivered.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5), statistic: 'Maximum',
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.failureRule = this.forwardFailures(props);
  }

  private makeBucket({ environment, batch, key }: BatchSurroundingsProps): s3.Bucket {
    const { bucket } = new PrivateBucket(this, 'Data', {
      name: batch.bucket, key, logBucketArn: environment.s3AccessLogsBucketArn, keepOldVersions: 30,
    });
    bucket.addLifecycleRule({
      prefix: `${SMOKE_TEST_PREFIX}/`, expiration: Duration.days(SMOKE_TEST_DAYS),
      noncurrentVersionExpiration: Duration.days(1),
    });
    const output = outputOf(batch);
    if (output.bucket === batch.bucket) {
      bucket.addLifecycleRule({
        prefix: `${output.key}/`, expiration: Duration.days(batch.settings.outputRetentionDays),
        // Removed predictions stay as an old version, so they are gone a day later.
        noncurrentVersionExpiration: Duration.days(1),
      });
    }
    if (batch.settings.onArrival && inputOf(batch).bucket === batch.bucket) {
      // The CDK's own way brings a function along that sets this.
      (bucket.node.defaultChild as s3.CfnBucket).notificationConfiguration = {
        eventBridgeConfiguration: { eventBridgeEnabled: true },
      };
    }
    return bucket;
  }

  private makeQueue({ environment: { place }, batch, key }: BatchSurroundingsProps): sqs.Queue {
    const principals = [new iam.ServicePrincipal('events.amazonaws.com')];
    // Without the rules' ARNs as a condition: EventBridge does not say them to KMS (SNS guide, "Key management"), and
    // letters would be lost unseen. The queue's policy does have them.
    const { statementAdded: isOurs } = key.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'UndeliveredStarts', principals, actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['*'],
    }));
    const queue = new sqs.Queue(this, 'Undelivered', {
      queueName: batch.undelivered, enforceSSL: true, retentionPeriod: Duration.days(14),
      // A key of somebody else's may not let EventBridge in; SQS encrypts with its own then.
      ...(isOurs ? { encryptionMasterKey: key } : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
    });
    accept(queue, { rule: 'AwsSolutions-SQS3', reason: 'This queue is itself a dead-letter queue.' });
    queue.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'Rules',
      principals,
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        ArnEquals: {
          'aws:SourceArn': [batch.failureRule, batch.arrivalRule].map(rule =>
            fill(this, arn(place, 'events', `rule/${rule}`))),
        },
      },
    }));
    return queue;
  }

  private forwardFailures({ environment: { place, roles }, batch, busArn }: BatchSurroundingsProps): events.CfnRule {
    const { account, region } = Stack.of(this);
    return new events.CfnRule(this, 'Failures', {
      name: batch.failureRule,
      description: `Failures of ${batch.pipelineName}, and what could not be delivered`,
      eventPattern: {
        account: [account],
        region: [region],
        $or: [
          {
            'source': ['aws.sagemaker'],
            'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'],
            'detail': {
              pipelineArn: [fill(this, arn(place, 'sagemaker', `pipeline/${batch.pipelineName}`))],
              currentPipelineExecutionStatus: STATUSES.training.told,
            },
          },
          {
            'source': ['aws.cloudwatch'],
            'detail-type': ['CloudWatch Alarm State Change'],
            'resources': [fill(this, arn(place, 'cloudwatch', `alarm:${batch.undelivered}`))],
            'detail': { state: { value: STATUSES.alarm.told } },
          },
        ],
      },
      targets: [{
        id: 'Delivery',
        arn: fill(this, busArn),
        roleArn: makeRole(this, 'ForwarderRole', roles.forwarder!).roleArn,
        deadLetterConfig: { arn: this.undelivered.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
      }],
    });
  }
}
