import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { approvalSettings, decidedGroups, SHARED_TOOLS } from './approval-settings';
import { registeredVersions } from './registered-versions';
import type { Delivery } from '../../../delivery/delivery';
import { OptionError } from '../../../options/engine/option-error';
import { planOf } from '../../shared/plan';
import { makeRole } from '../../shared/planned-role';
import { makeFunction } from '../../shared/tool-function';
import { WorkQueue } from '../../shared/work-queue';
import { acceptWorker } from '../../shared/worker-findings';

/** The delivery whose versions are approved by rule. */
export interface RuleApprovalProps {
  /** The delivery; it has `governance.ruleApproval`. */
  readonly delivery: Delivery;

  /** Encrypts events that wait; its policy is extended for EventBridge. */
  readonly key: IKey;
}

/** Seconds for one version: its reports are read, and the registry's newest approved version is looked up. */
const TIMEOUT = 120;
/** With delays of up to 15 minutes: longer than a build that seals a version may take. */
const ATTEMPTS = 60;

/**
 * Approves each registered version for which all rules of `governance.ruleApproval` hold. What keeps a version from
 * that is told, and the version waits for a person.
 *
 * An approval by rule is no signature in the sense of 21 CFR 11.50 and 11.200: nobody signs it.
 *
 * @throws OptionError when the delivery is invalid or approves nothing by rule
 */
export class RuleApproval extends Construct {
  /** Checks the rules. */
  public readonly function: lambda.CfnFunction;
  /** The function's role. */
  public readonly role: iam.Role;
  /** Registered versions that are to be checked. */
  public readonly queue: sqs.Queue;
  /** What could not be checked. */
  public readonly deadLetters: sqs.Queue;

  public constructor(scope: Construct, id: string, props: RuleApprovalProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { delivery: { governance: { ruleApproval } }, governance: { decisions, roles }, infrastructure } = plan;
    if (!ruleApproval || !decisions?.ruleApproval || !roles.ruleApproval) {
      throw new OptionError([{
        path: 'governance.ruleApproval', value: 'undefined', allowed: 'rules, because a RuleApproval checks them',
        fix: 'Set it, or leave the construct out.',
      }]);
    }
    const groups = decidedGroups(plan, group => group.roles.ruleApprover);
    const { place } = decisions;
    const work = new WorkQueue(this, 'Work', { key: props.key, place, timeoutSeconds: TIMEOUT, attempts: ATTEMPTS });
    work.feed('Registered', {
      name: `${decisions.approvals}-rulework`,
      description: `Registered versions of ${plan.delivery.name} that rules decide about`,
      bus: infrastructure.bus,
      pattern: registeredVersions(this, groups),
    });
    this.role = makeRole(this, 'Role', roles.ruleApproval, { key: props.key.keyArn, queue: work.queue.queueArn });
    this.function = makeFunction(this, 'Function', {
      name: decisions.ruleApproval,
      description: `Approves versions of ${plan.delivery.name} for which all rules hold`,
      role: this.role,
      key: props.key,
      tools: [...SHARED_TOOLS, 'govern/rule_approval.py'],
      files: { 'settings.json': approvalSettings(plan, groups, { rules: ruleApproval }) },
      handler: 'rule_approval.handler',
      variables: { QUEUE_URL: work.queue.queueUrl },
      timeoutSeconds: TIMEOUT,
    });
    acceptWorker(this.function);
    work.workedBy(this.function);
    work.alarm(`${decisions.approvals}-rulewait`, 3, infrastructure.topicArn);
    this.queue = work.queue;
    this.deadLetters = work.deadLetters;
  }
}
