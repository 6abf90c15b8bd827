import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { approvalDefinition } from './approval-definition';
import { arn } from '../../plan/arn';
import type { NamedDecisions } from '../../plan/govern/model';
import { machineLog } from '../../plan/logs';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { patienceSeconds } from '../../plan/workflows/patience';
import { GOVERNANCE_SOURCE, RECORDED } from '../govern/governance-events';
import type { DeliveryGroupProps } from '../group-props';
import { encryptedLog } from '../shared/encrypted-log';
import { makeEventMemory } from '../shared/event-memory';
import { fill } from '../shared/fill';
import { groupOf, planOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { PACKAGE_VARIABLE } from '../shared/sentinel';
import { STATUSES } from '../shared/statuses';
import { accept } from '../shared/suppress';

/** Properties of an approval gate. */
export interface ApprovalGateProps extends DeliveryGroupProps {
  /**
   * Encrypts the gate's memory, log and undelivered events, in the gate's account and region; its policy is extended
   * for EventBridge and CloudWatch Logs.
   */
  readonly key: IKey;
}

/**
 * Watches one model package group: an approval or a rejection starts the group's deploy pipeline with the package as
 * its variable. With approval records it is the accepted record that does, not the registry's own event.
 *
 * The events arrive on the delivery's bus (see `DeliveryEvents`), whose rule passes them to a Step Functions state
 * machine. The state machine compares them with the registry, if that is in its own region, and drops duplicates. No
 * Lambda function runs in between. Undelivered events are kept for 14 days.
 *
 * @throws OptionError when the delivery is invalid or has no such group
 */
export class ApprovalGate extends Construct {
  /** Matches exactly the approvals and rejections of this account, region and group. */
  public readonly rule: events.CfnRule;
  /** Checks an event and starts the deploy pipeline. */
  public readonly stateMachine: stepfunctions.CfnStateMachine;
  /** The last status of each package that was handled. */
  public readonly memory: dynamodb.Table;
  /** Events that could not be delivered. */
  public readonly deadLetters: sqs.Queue;

  public constructor(scope: Construct, id: string, props: ApprovalGateProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const group = groupOf(plan, props.group);
    const { bus } = plan.infrastructure;
    this.memory = makeEventMemory(this, 'Memory', {
      key: props.key,
      partitionKey: 'ModelPackageArn',
      removalPolicy: RemovalPolicy.DESTROY,
      noBackup: 'It only remembers which events were handled; losing it deploys at most once more what is live already.',
    });
    this.stateMachine = this.makeStateMachine(plan, group, props.key);
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: props.key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    accept(this.deadLetters, {
      rule: 'AwsSolutions-SQS3',
      reason: 'This queue is itself the dead-letter queue of the approval rule.',
    });
    this.rule = this.makeRule(group, bus, plan.governance.decisions);
    this.letRuleWriteLetters(group, bus, props.key);
  }

  private letRuleWriteLetters({ pipelines }: PlannedGroup, bus: string, key: IKey): void {
    const principals = [new iam.ServicePrincipal('events.amazonaws.com')];
    const conditions = {
      ArnEquals: {
        'aws:SourceArn': fill(this, arn(pipelines.place, 'events', `rule/${bus}/${pipelines.approvalRule}`)),
      },
    };
    this.deadLetters.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'ApprovalRule',
      principals,
      conditions,
      actions: ['sqs:SendMessage'],
      resources: [this.deadLetters.queueArn],
    }));
    // Without the rule's ARN as a condition: EventBridge does not say it to KMS (SNS guide, "Key management"), and
    // letters would be lost unseen. The queue's policy does have it.
    key.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'DeadLetters',
      principals,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    }));
  }

  private makeStateMachine(plan: DeliveryPlan, group: PlannedGroup, key: IKey): stepfunctions.CfnStateMachine {
    const { pipelines, roles, build, workflows } = group;
    // Log delivery policies have a size limit that names with this prefix do not count against (Step Functions guide,
    // logging).
    const log = encryptedLog(this, 'Log', machineLog(pipelines.stateMachine), key, 'evidence');
    return new stepfunctions.CfnStateMachine(this, 'StateMachine', {
      stateMachineName: pipelines.stateMachine,
      stateMachineType: 'STANDARD',
      roleArn: makeRole(this, 'Role', roles.gate, { key: key.keyArn, table: this.memory.tableArn }).roleArn,
      definition: approvalDefinition({
        partition: fill(this, '{partition}'),
        modelPackageGroup: build.modelPackageGroup,
        table: this.memory.tableName,
        start: workflows ? {
          requests: workflows.requests, bus: plan.infrastructure.bus, project: plan.delivery.name,
          group: group.name, patienceSeconds: patienceSeconds(plan.delivery.engine.github),
        } : { deployPipeline: pipelines.deployPipeline, packageVariable: PACKAGE_VARIABLE },
        asksRegistry: pipelines.asksRegistry,
      }),
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
  }

  private makeRule(group: PlannedGroup, bus: string, decisions: NamedDecisions | undefined): events.CfnRule {
    const { build, pipelines, roles } = group;
    return new events.CfnRule(this, 'Rule', {
      name: pipelines.approvalRule,
      eventBusName: bus,
      description: `Approvals and rejections in ${build.modelPackageGroup}`,
      eventPattern: {
        ...(decisions ? recorded(this, decisions) : {
          'source': ['aws.sagemaker'],
          'detail-type': ['SageMaker Model Package State Change'],
          'account': [fill(this, build.place.account ?? '{account}')],
          'region': [fill(this, build.place.region ?? '{region}')],
        }),
        detail: { ModelPackageGroupName: [build.modelPackageGroup], ModelApprovalStatus: STATUSES.approval.told },
      },
      targets: [{
        id: 'Gate',
        arn: this.stateMachine.attrArn,
        roleArn: makeRole(this, 'TriggerRole', roles.gateTrigger).roleArn,
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 86400, maximumRetryAttempts: 185 },
      }],
    });
  }
}

/** Decisions that were recorded and accepted; the recorder of the tooling account announces them. */
function recorded(scope: Construct, { place }: NamedDecisions): object {
  return {
    'source': [GOVERNANCE_SOURCE],
    'detail-type': [RECORDED],
    'account': [fill(scope, place.account ?? '{account}')],
    'region': [fill(scope, place.region ?? '{region}')],
  };
}
