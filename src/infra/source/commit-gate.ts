import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ChangedPaths } from './changed-paths';
import { commitDefinition } from './commit-definition';
import type { KeptPushes } from './kept-pushes';
import { arn } from '../../plan/arn';
import { machineLog } from '../../plan/logs';
import type { Place } from '../../plan/place';
import type { PlannedRole } from '../../plan/roles/role-model';
import { encryptedLog } from '../shared/encrypted-log';
import { fill } from '../shared/fill';
import { makeRole } from '../shared/planned-role';
import { letServicesSend } from '../shared/service-use';
import { accept } from '../shared/suppress';

/** Which commits start which pipeline. */
export interface CommitGateProps {
  /** Name of the rule that catches commits. */
  readonly rule: string;
  /** Name of the state machine that looks at what they change. */
  readonly stateMachine: string;
  /** EventBridge's role. */
  readonly triggerRole: PlannedRole;
  /** The state machine's role. */
  readonly gateRole: PlannedRole;
  /** Where repository, gate and pipeline are. */
  readonly place: Place;
  /** Name of the CodeCommit repository. */
  readonly repository: string;
  readonly branch: string;
  /** Name of the pipeline; its source action is called "Source". */
  readonly pipeline: string;
  readonly paths: ChangedPaths;
  /** Bucket in which each push is kept before the pipeline starts, and its account; not kept without one. */
  readonly evidence?: KeptPushes;
  /** Encrypts the log and undelivered events; its policy is extended for CloudWatch Logs and EventBridge. */
  readonly key: IKey;
}

/**
 * Starts a pipeline for pushes to its branch of a CodeCommit repository that change something it works with.
 * Connections have filters of their own for that.
 */
export class CommitGate extends Construct {
  /** Matches pushes to exactly this branch. */
  public readonly rule: events.CfnRule;
  /** Looks at the changed paths. */
  public readonly stateMachine: stepfunctions.CfnStateMachine;
  /** Pushes that could not be delivered. */
  public readonly deadLetters: sqs.Queue;

  public constructor(scope: Construct, id: string, props: CommitGateProps) {
    super(scope, id);
    // The prefix is the one that log delivery policies do not count (Step Functions guide, logging).
    const log = encryptedLog(this, 'Log', machineLog(props.stateMachine), props.key, 'errand');
    this.stateMachine = new stepfunctions.CfnStateMachine(this, 'StateMachine', {
      stateMachineName: props.stateMachine,
      stateMachineType: 'STANDARD',
      roleArn: makeRole(this, 'Role', props.gateRole, { key: props.key.keyArn }).roleArn,
      definition: commitDefinition({
        partition: fill(this, '{partition}'),
        repository: props.repository,
        pipeline: props.pipeline,
        paths: props.paths,
        evidence: props.evidence && {
          bucket: fill(this, props.evidence.bucket), account: fill(this, props.evidence.account),
        },
      }),
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: props.key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    accept(this.deadLetters, {
      rule: 'AwsSolutions-SQS3',
      reason: 'This queue is itself the dead-letter queue of the commit rule.',
    });
    this.rule = new events.CfnRule(this, 'Rule', {
      name: props.rule,
      description: `Pushes to ${props.branch} of ${props.repository}`,
      eventPattern: {
        'source': ['aws.codecommit'],
        'detail-type': ['CodeCommit Repository State Change'],
        'resources': [fill(this, arn(props.place, 'codecommit', props.repository))],
        'detail': {
          event: ['referenceCreated', 'referenceUpdated'],
          referenceType: ['branch'],
          referenceName: [props.branch],
        },
      },
      targets: [{
        id: 'Gate',
        arn: this.stateMachine.attrArn,
        roleArn: makeRole(this, 'TriggerRole', props.triggerRole).roleArn,
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
      }],
    });
    this.deadLetters.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'CommitRule',
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [this.deadLetters.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': this.rule.attrArn } },
    }));
    letServicesSend(props.key, 'events');
  }
}
