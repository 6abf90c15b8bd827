import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { inputOf, type NamedBatch, outputOf } from '../../plan/endpoint/batch/model';
import { SMOKE_TEST_PREFIX } from '../../plan/endpoint/batch/names';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import {
  failedExecutions, forwardingRule, undeliveredAlarm, undeliveredEvents, undeliveredQueue,
} from '../shared/event-forwarding';
import { makeRole } from '../shared/planned-role';
import { PrivateBucket } from '../shared/private-bucket';

/** The environment, and what it shares with its score pipeline. */
export interface BatchSurroundingsProps {
  readonly environment: PlannedEnvironment;
  readonly batch: NamedBatch;
  /** Encrypts data. */
  readonly key: IKey;
  /** The same key where its policy is ours: encrypts starts that could not be made too. */
  readonly ownKey?: IKey;
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
  /** EventBridge's role: forwards to the tooling account. */
  public readonly forwarder: iam.Role;
  /** Matches failures of exactly this pipeline, and the alarm. */
  public readonly failureRule: events.CfnRule;

  public constructor(scope: Construct, id: string, props: BatchSurroundingsProps) {
    super(scope, id);
    const { environment: { place, roles }, batch, key, busArn } = props;
    this.bucket = this.makeBucket(props);
    const waiting = { place, undelivered: batch.undelivered };
    this.undelivered = undeliveredQueue(this, waiting, [batch.failureRule, batch.arrivalRule], props.ownKey);
    const values = { key: key.keyArn };
    makeRole(this, 'ScoreRole', roles.score!, values);
    if (roles.schedule) { makeRole(this, 'ScheduleRole', roles.schedule, values); }
    if (roles.arrival) { makeRole(this, 'ArrivalRole', roles.arrival, values); }
    this.alarm = undeliveredAlarm(
      this, waiting, this.undelivered, `Starts of ${batch.pipelineName}, or its failures, could not be delivered`,
    );
    this.forwarder = makeRole(this, 'ForwarderRole', roles.forwarder!);
    const { account, region } = Stack.of(this);
    this.failureRule = forwardingRule(this, 'Failures', {
      name: batch.failureRule,
      description: `Failures of ${batch.pipelineName}, and what could not be delivered`,
      eventPattern: {
        account: [account],
        region: [region],
        $or: [
          failedExecutions(this, { place, pipelineName: batch.pipelineName }),
          undeliveredEvents(this, waiting),
        ],
      },
      busArn,
      role: this.forwarder,
      undelivered: this.undelivered,
    });
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
}
