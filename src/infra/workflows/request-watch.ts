import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { requestWatchDefinition } from './request-watch-definition';
import { machineLog } from '../../plan/logs';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { REQUESTS_SOURCE, WORKFLOW_REQUESTED } from '../../plan/workflows/model';
import { patienceSeconds, runSeconds } from '../../plan/workflows/patience';
import type { ApprovalGate } from '../deploy/approval-gate';
import { runAddress } from '../shared/deploy-words';
import { encryptedLog } from '../shared/encrypted-log';
import { from } from '../shared/failures';
import { fill } from '../shared/fill';
import { letServicesSend } from '../shared/service-use';
import { accept } from '../shared/suppress';

/** The group whose requests are watched. */
export interface RequestWatchProps {
  readonly plan: DeliveryPlan;
  readonly group: PlannedGroup;
  /** Encrypts log and undelivered events; its policy is extended. */
  readonly key: IKey;
  /** What asks for deployments; its roles serve here, too: what starts it, and its own. */
  readonly gate: ApprovalGate;
}

/**
 * Watches everything that a group's workflows are asked for, builds, returns and retries included: people hear of what
 * no run takes in time, and of a run that never says how it ended.
 */
export class RequestWatch extends Construct {
  public readonly stateMachine: stepfunctions.CfnStateMachine;
  /** Events that could not start it. */
  public readonly deadLetters: sqs.Queue;

  public constructor(scope: Construct, id: string, { plan, group, key, gate }: RequestWatchProps) {
    super(scope, id);
    const { delivery, infrastructure } = plan;
    const { requests, watch } = group.workflows!;
    const github = delivery.engine.github;
    const subject = `${delivery.name}, group ${group.name}`;
    const [trigger] = gate.rule.targets as events.CfnRule.TargetProperty[];
    const log = encryptedLog(this, 'Log', machineLog(watch.machine), key, 'evidence');
    this.stateMachine = new stepfunctions.CfnStateMachine(this, 'StateMachine', {
      stateMachineName: watch.machine,
      stateMachineType: 'STANDARD',
      roleArn: gate.stateMachine.roleArn,
      definition: requestWatchDefinition({
        partition: fill(this, '{partition}'),
        requests,
        bus: infrastructure.bus,
        project: delivery.name,
        group: group.name,
        runs: runAddress(delivery),
        patienceSeconds: patienceSeconds(github),
        runSeconds: runSeconds(github, group),
      }),
      loggingConfiguration: {
        level: 'ALL', includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: key, enforceSSL: true, retentionPeriod: Duration.days(14),
    });
    accept(this.deadLetters, {
      rule: 'AwsSolutions-SQS3', reason: 'This queue is itself the dead-letter queue of the rule.',
    });
    const rule = new events.CfnRule(this, 'Rule', {
      name: watch.rule,
      eventBusName: infrastructure.bus,
      description: `What workflows of ${subject}, are asked for, for whoever watches it`.slice(0, 512),
      eventPattern: {
        ...from(this, group.pipelines.place),
        'source': [REQUESTS_SOURCE],
        'detail-type': [WORKFLOW_REQUESTED],
        'detail': { project: [delivery.name], group: [group.name] },
      },
      targets: [{
        id: 'Watch',
        arn: this.stateMachine.attrArn,
        roleArn: trigger.roleArn,
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
      }],
    });
    letServicesSend(key, 'events');
    this.deadLetters.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'WatchRule',
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [this.deadLetters.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
    }));
  }
}
