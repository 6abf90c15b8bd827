import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { PlannedBuild } from '../../plan/build/model';
import { modelPackagesArn } from '../../plan/build/registry';
import type { AskingData } from '../../plan/retrain/model';
import type { PlannedRole } from '../../plan/roles/role-model';
import { newObjects } from '../retrain/new-objects';
import {
  failedExecutions, forwardingRule, undeliveredAlarm, undeliveredEvents, undeliveredQueue,
} from '../shared/event-forwarding';
import { failedBuilds } from '../shared/failed-builds';
import { fill } from '../shared/fill';
import { makeRole } from '../shared/planned-role';
import { STATUSES, WAITS } from '../shared/statuses';

/** What is forwarded, and where to. */
export interface EventForwardingProps {
  readonly build: PlannedBuild;
  /** EventBridge's role; the bus lets in exactly this one. */
  readonly role: PlannedRole;
  readonly busArn: string;
  /** Whether something in the tooling account decides about registered versions. */
  readonly decidesOnRegistered?: boolean;
  /** Where new data trains the model again. */
  readonly newData?: AskingData;
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
  /** Matches the calls that decide about versions of this group, as CloudTrail saw them; only with approval records. */
  public readonly decisionRule?: events.CfnRule;
  /** Matches new data that trains the model again; only where it does. */
  public readonly newDataRule?: events.CfnRule;
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
    this.undelivered = undeliveredQueue(this, build, [
      build.approvalRule, build.failureRule, build.sealRule, ...(build.decisionRule ? [build.decisionRule] : []),
      ...(props.newData ? [props.newData.forwardRule] : []),
    ], key);
    this.alarm = undeliveredAlarm(
      this, build, this.undelivered, `Events of ${build.modelPackageGroup} do not reach the tooling account`,
    );
    const { account, region } = Stack.of(this);
    const approvals = [...STATUSES.approval.told, ...(props.decidesOnRegistered ? [WAITS] : [])];
    this.approvalRule = this.makeRule('Approvals', build.approvalRule, 'Approvals and rejections in '
      + `${build.modelPackageGroup}`, props, {
      'source': ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      'account': [account],
      'region': [region],
      'detail': { ModelPackageGroupName: [build.modelPackageGroup], ModelApprovalStatus: approvals },
    });
    if (build.decisionRule) {
      this.decisionRule = this.makeRule('Decisions', build.decisionRule, `Decisions about ${build.modelPackageGroup}, as `
        + 'CloudTrail saw them', props, {
        'source': ['aws.sagemaker'],
        'detail-type': ['AWS API Call via CloudTrail'],
        'account': [account],
        'region': [region],
        'detail': {
          eventSource: ['sagemaker.amazonaws.com'],
          eventName: ['UpdateModelPackage'],
          errorCode: [{ exists: false }],
          requestParameters: {
            modelPackageArn: [{ prefix: fill(this, modelPackagesArn(build)).replace(/\*$/, '') }],
            modelApprovalStatus: [{ exists: true }],
          },
        },
      });
    }
    if (props.newData) {
      const { newData } = props;
      const description = `New data below s3://${newData.bucket}/${newData.prefix}`.slice(0, 512);
      this.newDataRule = this.makeRule('NewData', newData.forwardRule, description, props, {
        account: [account], region: [region], ...newObjects(newData),
      });
    }
    this.failureRule = this.makeRule('Failures', build.failureRule, `Failures of ${build.pipelineName} and of `
      + 'sealing, events that could not be forwarded', props, {
      account: [account],
      region: [region],
      $or: [
        failedExecutions(this, build),
        undeliveredEvents(this, build),
        failedBuilds(build.sealProject),
      ],
    });
  }

  private makeRule(
    id: string, name: string, description: string, { busArn }: EventForwardingProps, eventPattern: object,
  ): events.CfnRule {
    return forwardingRule(this, id, {
      name, description, eventPattern, busArn, role: this.role, undelivered: this.undelivered,
    });
  }
}
