import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { pushedRepositories, recorderSettings } from './recorder-settings';
import type { Delivery } from '../../../delivery/delivery';
import { OptionError } from '../../../options/engine/option-error';
import { arn } from '../../../plan/arn';
import { machineArn, machinesOf } from '../../../plan/govern/workflow-decisions';
import type { DeliveryPlan } from '../../../plan/model';
import { FailureWatch } from '../../shared/failure-watch';
import { fill } from '../../shared/fill';
import { planOf } from '../../shared/plan';
import { makeRole } from '../../shared/planned-role';
import { letServicesSend } from '../../shared/service-use';
import { accept } from '../../shared/suppress';
import { makeFunction } from '../../shared/tool-function';
import { acceptWorker } from '../../shared/worker-findings';

/** Properties of a recorder. */
export interface DecisionRecorderProps {
  /** The delivery; its option `governance.approvalRecords` is on. */
  readonly delivery: Delivery;
  /**
   * Encrypts what waits, the log and the settings, in the tooling account and region; its policy is extended for
   * EventBridge and CloudWatch Logs.
   */
  readonly key: IKey;
}

/** What the function consists of, below `tools/`. */
const TOOLS = [
  ...['recorder', 'builds', 'change', 'evidence', 'govern_settings', 'host_api', 'hosts', 'identities', 'judge', 'people',
    'pipeline_approval', 'standing', 'trail_event', 'record_store', 'bound', 'workflow_approval',
    'workflow_runs'].map(name => `govern/${name}.py`),
  '../runner/local_runner/records.py',
];

/** Seconds that one event takes at most: hundreds of commits are asked for one by one. */
const SECONDS = 240;

/** How often an event is tried; those of hosts that do not answer are decided before that (`recorder.py`, WAITS). */
const TRIES = 10;

/**
 * Records decisions: calls that set an approval status, as CloudTrail saw them, and manual approvals of the delivery's
 * pipelines. It checks who decided, that they may, and why; appends a record to the chain in the bucket of evidence;
 * takes back an approval that it refuses, and announces one that it accepts, which starts the deployment. What it
 * announces becomes messages through `DecisionNotices`.
 *
 * Events wait in an encrypted queue for 14 days; one that fails ten times goes to a second queue, which has an alarm.
 *
 * @throws OptionError when the delivery is invalid or has no approval records
 */
export class DecisionRecorder extends Construct {
  /** Events that wait. */
  public readonly queue: sqs.Queue;
  /** Events that could not be recorded. */
  public readonly deadLetters: sqs.Queue;
  /** The function. */
  public readonly recorder: lambda.CfnFunction;
  /** Bring events to the queue. */
  public readonly rules: events.CfnRule[];

  public constructor(scope: Construct, id: string, props: DecisionRecorderProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { decisions, roles } = plan.governance;
    if (!decisions || !roles.recorder) { throw notRecorded(); }
    const { key } = props;
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: key, enforceSSL: true, retentionPeriod: Duration.days(14),
    });
    accept(this.deadLetters, {
      rule: 'AwsSolutions-SQS3', reason: 'This queue is itself the dead-letter queue of the recorder.',
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      queueName: decisions.queue,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // Six times what the function takes (Lambda guide, "Creating and configuring an Amazon SQS event source mapping").
      visibilityTimeout: Duration.seconds(6 * SECONDS),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: TRIES },
    });
    letServicesSend(key, 'events');
    this.recorder = makeFunction(this, 'Function', {
      name: decisions.recorder,
      description: `Records decisions about ${plan.delivery.name}`,
      role: makeRole(this, 'Role', roles.recorder, { key: key.keyArn }),
      key,
      tools: TOOLS,
      files: { 'governance.json': recorderSettings(plan) },
      handler: 'recorder.handler',
      timeoutSeconds: SECONDS,
    });
    acceptWorker(this.recorder);
    new lambda.CfnEventSourceMapping(this, 'Events', {
      functionName: this.recorder.ref,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 2 },
    });
    const watch = new FailureWatch(this, 'Failures', {
      prefix: decisions.failures,
      topicArn: fill(this, plan.infrastructure.topicArn),
      chatTopicArn: plan.infrastructure.chatTopicArn && fill(this, plan.infrastructure.chatTopicArn),
      key,
      queues: [this.deadLetters],
      failures: [],
    });
    this.rules = this.makeRules(plan, watch.undelivered);
    for (const queue of [this.queue, watch.undelivered]) {
      queue.addToResourcePolicy(new iam.PolicyStatement({
        sid: 'DecisionRules',
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': this.rules.map(rule => rule.attrArn) } },
      }));
    }
  }

  private makeRules(plan: DeliveryPlan, undelivered: sqs.IQueue): events.CfnRule[] {
    const { bus } = plan.infrastructure;
    const { decisionRule, approvalRule, startRule, pushRule, place } = plan.governance.decisions!;
    const rule = (id: string, name: string, description: string, eventPattern: object, eventBusName?: string) =>
      new events.CfnRule(this, id, {
        name, description, eventPattern, eventBusName,
        targets: [{
          id: 'Queue',
          arn: this.queue.queueArn,
          deadLetterConfig: { arn: undelivered.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
        }],
      });
    const call = { 'detail-type': ['AWS API Call via CloudTrail'] };
    const repositories = pushedRepositories(plan).map(repository => fill(this, arn(place, 'codecommit', repository)));
    return [
      rule('Decisions', decisionRule, `Decisions about the models of ${plan.delivery.name}`, {
        source: ['aws.sagemaker'], ...call, detail: { eventName: ['UpdateModelPackage'] },
      }, bus),
      // Of whatever pipeline: the recorder knows those of the delivery, however many there are.
      rule('Approvals', approvalRule, 'Manual approvals in pipelines', {
        source: ['aws.codepipeline'], ...call,
        detail: { eventName: ['PutApprovalResult'], errorCode: [{ exists: false }] },
      }),
      ...(startRule === undefined ? [] : [rule('Starts', startRule, 'Decisions about what workflows deploy', {
        source: ['aws.states'], ...call,
        detail: {
          eventName: ['StartExecution'],
          errorCode: [{ exists: false }],
          requestParameters: {
            stateMachineArn: machinesOf(plan.groups, plan.infrastructure).map(one => fill(this, machineArn(one))),
          },
        },
      })]),
      ...(pushRule === undefined ? [] : [rule('Pushes', pushRule, 'Pushes to any branch', {
        'source': ['aws.codecommit'],
        'detail-type': ['CodeCommit Repository State Change'],
        'resources': repositories,
        'detail': { event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'] },
      })]),
    ];
  }
}

function notRecorded(): OptionError {
  return new OptionError([{
    path: 'governance.approvalRecords',
    value: 'false',
    allowed: 'true',
    fix: 'Set it, or leave this construct out.',
  }]);
}
