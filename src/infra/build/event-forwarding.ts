import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { arn } from '../../plan/arn';
import type { PlannedBuild } from '../../plan/build/model';
import type { PlannedRole } from '../../plan/roles/role-model';
import { failedBuilds } from '../shared/failed-builds';
import { fill } from '../shared/fill';
import { makeRole } from '../shared/planned-role';
import { STATUSES } from '../shared/statuses';
import { accept } from '../shared/suppress';

/** What is forwarded, and where to. */
export interface EventForwardingProps {
  readonly build: PlannedBuild;
  /** EventBridge's role; the bus lets in exactly this one. */
  readonly role: PlannedRole;
  readonly busArn: string;
  /** Encrypts events that could not be forwarded; its policy is extended for EventBridge. */
  readonly key: IKey;
}

/**
 * Brings what the tooling account must know from the build account's default bus to the delivery's bus: approvals and
 * rejections in this registry, failures of this SageMaker pipeline, and the alarm about events that could not be
 * forwarded.
 *
 * EventBridge tries for 24 hours, then the event is kept for 14 days.
 */
export class EventForwarding extends Construct {
  /** EventBridge's role. */
  public readonly role: iam.Role;
  /** Matches exactly the approvals and rejections of this account, region and group. */
  public readonly approvalRule: events.CfnRule;
  /** Matches failures of exactly this pipeline, and the alarm. */
  public readonly failureRule: events.CfnRule;
  /** Events that could not be forwarded. */
  public readonly undelivered: sqs.Queue;
  /** Whether there are any. */
  public readonly alarm: cloudwatch.Alarm;

  public constructor(scope: Construct, id: string, props: EventForwardingProps) {
    super(scope, id);
    const { build, key } = props;
    this.role = makeRole(this, 'Role', props.role, { key: key.keyArn });
    this.undelivered = this.makeQueue(build, key);
    this.alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmName: build.undelivered,
      alarmDescription: `Events of ${build.modelPackageGroup} do not reach the tooling account: see the messages in `
        + `the queue ${build.undelivered}`,
      metric: this.undelivered.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    const { account, region } = Stack.of(this);
    this.approvalRule = this.makeRule('Approvals', build.approvalRule, 'Approvals and rejections in '
      + `${build.modelPackageGroup}`, props, {
      'source': ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      'account': [account],
      'region': [region],
      'detail': { ModelPackageGroupName: [build.modelPackageGroup], ModelApprovalStatus: STATUSES.approval.told },
    });
    this.failureRule = this.makeRule('Failures', build.failureRule, `Failures of ${build.pipelineName} and of `
      + 'sealing, events that could not be forwarded', props, {
      account: [account],
      region: [region],
      $or: [
        {
          'source': ['aws.sagemaker'],
          'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'],
          'detail': {
            pipelineArn: [fill(this, arn(build.place, 'sagemaker', `pipeline/${build.pipelineName}`))],
            currentPipelineExecutionStatus: STATUSES.training.told,
          },
        },
        {
          'source': ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          'resources': [fill(this, arn(build.place, 'cloudwatch', `alarm:${build.undelivered}`))],
          'detail': { state: { value: STATUSES.alarm.told } },
        },
        failedBuilds(build.sealProject),
      ],
    });
  }

  private makeQueue(build: PlannedBuild, key: IKey): sqs.Queue {
    const queue = new sqs.Queue(this, 'Undelivered', {
      queueName: build.undelivered, encryptionMasterKey: key, enforceSSL: true, retentionPeriod: Duration.days(14),
    });
    accept(queue, {
      rule: 'AwsSolutions-SQS3',
      reason: 'This queue is itself the dead-letter queue of the forwarding rules.',
    });
    const principals = [new iam.ServicePrincipal('events.amazonaws.com')];
    queue.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'ForwardingRules',
      principals,
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        ArnEquals: {
          'aws:SourceArn': [
            build.approvalRule,
            build.failureRule,
            build.sealRule,
          ].map(rule => fill(this, arn(build.place, 'events', `rule/${rule}`))),
        },
      },
    }));
    // Without the rules' ARNs as a condition: EventBridge does not say them to KMS (SNS guide, "Key management"), and
    // letters would be lost unseen. The queue's policy does have them.
    key.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'UndeliveredEvents',
      principals,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    }));
    return queue;
  }

  private makeRule(
    id: string, name: string, description: string, props: EventForwardingProps, eventPattern: object,
  ): events.CfnRule {
    return new events.CfnRule(this, id, {
      name,
      description,
      eventPattern,
      targets: [{
        id: 'Delivery',
        arn: fill(this, props.busArn),
        roleArn: this.role.roleArn,
        deadLetterConfig: { arn: this.undelivered.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
      }],
    });
  }
}
