import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { approvalSettings, type DecidedGroup, decidedGroups, SHARED_TOOLS } from './approval-settings';
import { registeredVersions } from './registered-versions';
import type { Delivery } from '../../../delivery/delivery';
import { OptionError } from '../../../options/engine/option-error';
import type { NamedDecisions } from '../../../plan/govern/model';
import type { DeliveryPlan } from '../../../plan/model';
import { makeEventMemory } from '../../shared/event-memory';
import { planOf } from '../../shared/plan';
import { makeRole } from '../../shared/planned-role';
import { accept } from '../../shared/suppress';
import { makeFunction } from '../../shared/tool-function';
import { WorkQueue } from '../../shared/work-queue';
import { acceptWebhook, acceptWorker } from '../../shared/worker-findings';
import { GOVERNANCE_SOURCE, REFUSED } from '../governance-events';

/** The delivery whose versions are decided about in Jira. */
export interface JiraApprovalProps {
  /** The delivery; it has `governance.jira`. */
  readonly delivery: Delivery;

  /** Encrypts what waits and what is remembered; its policy is extended for EventBridge. */
  readonly key: IKey;
}

/** Seconds for one message: a look at every issue that was moved takes longest. */
const TIMEOUT = 300;
/** With delays of up to 3 hours: about four days. */
const ATTEMPTS = 40;
/** Seconds for one call of the webhook; Jira waits about as long for the answer. */
const WEBHOOK_TIMEOUT = 20;
/** Calls of the webhook at the same time; those beyond are answered 429, and Jira calls again. */
const WEBHOOK_CONCURRENCY = 5;

const TOOLS = ['client', 'decisions', 'issue', 'memory', 'secret', 'work'].map(name => `govern/jira_${name}.py`);
const WEBHOOK_TOOLS = ['memory', 'secret', 'webhook'].map(name => `govern/jira_${name}.py`);

/**
 * Opens a Jira issue for each registered version, with the evidence, and makes its transition a decision: Jira's
 * webhook names the issue, and who moved it, when and why is read from Jira itself. Every 15 minutes it looks at issues
 * of which no webhook told.
 *
 * The webhook is the URL of a function, not an API Gateway: Jira cannot sign as AWS does, so the function checks Jira's
 * own signature either way, and a URL needs no further service, name or right. The number of calls at the same time is
 * limited, and the function can do nothing but name an issue of ours to be looked at.
 *
 * @throws OptionError when the delivery is invalid or has no Jira
 */
export class JiraApproval extends Construct {
  /** Opens issues and follows their transitions. */
  public readonly function: lambda.CfnFunction;
  /** The function's role. */
  public readonly role: iam.Role;
  /** What Jira calls. */
  public readonly webhook: lambda.CfnFunction;
  /** The role of what Jira calls. */
  public readonly webhookRole: iam.Role;
  /** Address of what Jira calls. */
  public readonly webhookUrl: string;
  /** Which issue is about which version, and what was decided. */
  public readonly memory: dynamodb.Table;
  /** Issues to be opened and to be looked at. */
  public readonly queue: sqs.Queue;
  /** What could not be done. */
  public readonly deadLetters: sqs.Queue;

  public constructor(scope: Construct, id: string, props: JiraApprovalProps) {
    super(scope, id);
    const { key } = props;
    const plan = planOf(props.delivery);
    const { decisions, roles } = plan.governance;
    if (!decisions?.jira || !decisions.jiraWebhook || !roles.jira || !roles.jiraWebhook) {
      throw new OptionError([{
        path: 'governance.jira', value: 'undefined', allowed: 'a Jira project, because a JiraApproval follows its issues',
        fix: 'Set it, or leave the construct out.',
      }]);
    }
    const groups = decidedGroups(plan, group => group.roles.jiraApprover);
    const settings = { 'settings.json': approvalSettings(plan, groups, { jira: plan.delivery.governance.jira }) };
    this.memory = makeEventMemory(this, 'Memory', {
      key,
      partitionKey: 'id',
      expires: 'expires',
      // Without it, open issues could not be decided about any more.
      removalPolicy: RemovalPolicy.RETAIN,
      noBackup: 'Every change of the last 35 days can be restored; what was decided is kept in the approval records.',
    });
    const work = new WorkQueue(this, 'Work', {
      key, place: decisions.place, timeoutSeconds: TIMEOUT, attempts: ATTEMPTS,
    });
    this.feed(work, plan, decisions, groups);
    const values = { key: key.keyArn, queue: work.queue.queueArn, table: this.memory.tableArn };
    const variables = { QUEUE_URL: work.queue.queueUrl, TABLE: this.memory.tableName };
    this.role = makeRole(this, 'Role', roles.jira, values);
    this.function = makeFunction(new Construct(this, 'Worker'), 'Function', {
      name: decisions.jira,
      description: `Opens issues for versions of ${plan.delivery.name} and follows their transitions`,
      role: this.role, key, variables, files: settings,
      tools: [...SHARED_TOOLS, ...TOOLS],
      handler: 'jira_work.handler',
      timeoutSeconds: TIMEOUT,
    });
    acceptWorker(this.function);
    work.workedBy(this.function);
    work.alarm(`${decisions.approvals}-jirawait`, 2, plan.infrastructure.topicArn);
    this.webhookRole = makeRole(this, 'WebhookRole', roles.jiraWebhook, values);
    this.webhook = makeFunction(new Construct(this, 'Webhook'), 'Function', {
      name: decisions.jiraWebhook,
      description: `Checks what Jira calls about versions of ${plan.delivery.name}`,
      role: this.webhookRole, key, variables, files: settings,
      tools: [...SHARED_TOOLS, ...WEBHOOK_TOOLS],
      handler: 'jira_webhook.handler',
      timeoutSeconds: WEBHOOK_TIMEOUT,
      concurrency: WEBHOOK_CONCURRENCY,
    });
    acceptWebhook(this.webhook);
    this.webhookUrl = this.makeUrl();
    this.queue = work.queue;
    this.deadLetters = work.deadLetters;
  }

  private feed(
    work: WorkQueue, { delivery: { name }, infrastructure: { bus } }: DeliveryPlan, { approvals }: NamedDecisions,
    groups: readonly DecidedGroup[],
  ): void {
    work.feed('Registered', {
      name: `${approvals}-jirawork`,
      description: `Registered versions of ${name} that get an issue`,
      bus,
      pattern: registeredVersions(this, groups),
    });
    work.feed('TakenBack', {
      name: `${approvals}-jiraback`,
      description: `Decisions about versions of ${name} that were not accepted`,
      bus,
      pattern: { 'source': [GOVERNANCE_SOURCE], 'detail-type': [REFUSED] },
    });
    work.feed('Reconcile', {
      name: `${approvals}-jiralook`,
      description: `Looks at issues of ${name} of which no webhook told`,
      schedule: 'rate(15 minutes)',
      input: JSON.stringify({ reconcile: true }),
    });
  }

  private makeUrl(): string {
    const url = new lambda.CfnUrl(this, 'Url', { targetFunctionArn: this.webhook.attrArn, authType: 'NONE' });
    // Lambda guide, "Control access to Lambda function URLs": both rights are needed since October 2025.
    const permissions = [
      new lambda.CfnPermission(this, 'CallUrl', {
        action: 'lambda:InvokeFunctionUrl', functionName: this.webhook.ref, principal: '*', functionUrlAuthType: 'NONE',
      }),
      new lambda.CfnPermission(this, 'CallThroughUrl', {
        action: 'lambda:InvokeFunction', functionName: this.webhook.ref, principal: '*', invokedViaFunctionUrl: true,
      }),
    ];
    const reason = 'Jira cannot sign as AWS does: the function checks the signature that Jira makes with a shared secret, '
      + 'and can do nothing but name an issue of ours to be looked at.';
    accept(url, { rule: 'CKV_AWS_258', reason });
    for (const permission of permissions) {
      accept(permission, { rule: 'NIST.800.53.R5-LambdaFunctionPublicAccessProhibited', reason }, {
        rule: 'CKV_AWS_364', reason,
      });
    }
    new CfnOutput(this, 'WebhookUrl', {
      value: url.attrFunctionUrl,
      description: 'Enter it in Jira as the URL of a webhook for updated issues, with the webhookSecret of the secret',
    });
    return url.attrFunctionUrl;
  }
}
