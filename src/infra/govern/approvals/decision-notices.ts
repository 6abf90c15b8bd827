import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { JiraApproval } from './jira-approval';
import { RuleApproval } from './rule-approval';
import type { Delivery } from '../../../delivery/delivery';
import { OptionError } from '../../../options/engine/option-error';
import { type Failure, FailureWatch } from '../../shared/failure-watch';
import { about, COMMON, type Subject } from '../../shared/failures';
import { fill } from '../../shared/fill';
import { planOf } from '../../shared/plan';
import { GOVERNANCE_SOURCE, JIRA_REFUSED, RECORDED, REFUSED, RULES_CHECKED } from '../governance-events';

/** The delivery whose decisions are told. */
export interface DecisionNoticesProps {
  /** The delivery; it has `governance.approvalRecords`. */
  readonly delivery: Delivery;

  /** Encrypts messages that could not be sent; its policy is extended for EventBridge. */
  readonly key: IKey;

  /**
   * Queues that nothing should ever be in.
   *
   * @default []
   */
  readonly deadLetterQueues?: IQueue[];
}

/**
 * Parts of a decision record (`runner/local_runner/records.py`). The tools put no quotation mark into an event, which
 * would end the text of a message.
 */
const RECORD = {
  decision: '$.detail.Record.decision', subject: '$.detail.Record.subject', group: '$.detail.Record.group',
  number: '$.detail.Record.sequence', by: '$.detail.Record.signer.name', as: '$.detail.Record.signer.principal',
  method: '$.detail.Record.method', meaning: '$.detail.Record.meaning', why: '$.detail.Record.reason',
  about: '$.detail.About', at: '$.detail.Record.time',
};

const WHO = [
  'What: <about>', 'By: <by> (<as>), method: <method>', 'Meaning: <meaning>', 'Why: <why>',
  'Record <number> of <group>, <at>',
];

/**
 * Tells who decided what and why; which decisions were not accepted; which rules kept a version from being approved; and
 * what of Jira was refused. What went wrong has an alarm, too.
 *
 * @throws OptionError when the delivery is invalid or keeps no approval records
 */
export class DecisionNotices extends Construct {
  /** Rules and alarms. */
  private readonly watch: FailureWatch;

  public constructor(scope: Construct, id: string, props: DecisionNoticesProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { governance: { decisions }, infrastructure: { bus, topicArn, chatTopicArn }, delivery } = plan;
    if (!decisions) {
      throw new OptionError([{
        path: 'governance.approvalRecords', value: 'false', allowed: 'true, because DecisionNotices tell of records',
        fix: 'Set it, or leave the construct out.',
      }]);
    }
    const subject = { project: delivery.name };
    this.watch = new FailureWatch(this, 'Watch', {
      prefix: decisions.approvals,
      topicArn: fill(this, topicArn),
      chatTopicArn: chatTopicArn && fill(this, chatTopicArn),
      key: props.key,
      failures: [
        recorded(subject, bus), refused(subject, bus),
        ...(decisions.ruleApproval ? [rulesChecked(subject, bus)] : []),
        ...(decisions.jira ? [jiraRefused(subject, bus)] : []),
      ],
      queues: props.deadLetterQueues ?? [],
    });
  }

  /** Names of the rules. */
  public get ruleNames(): string[] {
    return this.watch.rules.map(rule => rule.name!);
  }
}

function recorded(subject: Subject, bus: string): Failure {
  return {
    kind: 'recorded',
    bus,
    isNoFailure: true,
    description: 'Decisions that were accepted and recorded',
    pattern: { 'source': [GOVERNANCE_SOURCE], 'detail-type': [RECORDED] },
    parts: RECORD,
    message: ['<decision>: <subject>', about(subject), ...WHO],
  };
}

function refused(subject: Subject, bus: string): Failure {
  return {
    kind: 'refused',
    bus,
    description: 'Decisions that were not accepted',
    pattern: { 'source': [GOVERNANCE_SOURCE], 'detail-type': [REFUSED] },
    parts: { ...RECORD, problems: '$.detail.Problems' },
    message: [
      'NOT ACCEPTED: <decision>, <subject>', about(subject), 'Because: <problems>', ...WHO,
      'An approval is taken back and nothing is deployed: somebody else must decide.',
    ],
  };
}

function rulesChecked(subject: Subject, bus: string): Failure {
  return {
    kind: 'rules',
    bus,
    isNoFailure: true,
    description: 'Versions for which the rules of approval were checked',
    pattern: { 'source': [GOVERNANCE_SOURCE], 'detail-type': [RULES_CHECKED] },
    parts: {
      package: '$.detail.ModelPackageArn', group: '$.detail.group', version: '$.detail.version',
      outcome: '$.detail.outcome', failing: '$.detail.failing', rules: '$.detail.rules',
    },
    message: [
      'Version <version> of <group> <outcome>', about(subject), 'What: <package>', 'Rules that do not hold: <failing>',
      'All rules: <rules>',
    ],
  };
}

function jiraRefused(subject: Subject, bus: string): Failure {
  return {
    kind: 'jira',
    bus,
    description: 'Calls of the webhook and transitions of issues that were not taken',
    pattern: { 'source': [GOVERNANCE_SOURCE], 'detail-type': [JIRA_REFUSED] },
    parts: {
      ...COMMON, issue: '$.detail.issue', package: '$.detail.ModelPackageArn', reason: '$.detail.reason',
    },
    message: [
      'REFUSED: Jira, issue <issue>', about(subject), 'What: <package>', 'Because: <reason>',
      'Nothing was decided. Account <account>, region <region>, at <time>',
    ],
  };
}

/** What a delivery has for approvals beside the console and the command: rules, Jira, and messages about all of them. */
export function makeApprovals(scope: Construct, delivery: Delivery, key: IKey, deadLetters: readonly IQueue[]): void {
  const { decisions } = planOf(delivery).governance;
  const rules = decisions?.ruleApproval ? new RuleApproval(scope, 'RuleApproval', { delivery, key }) : undefined;
  const jira = decisions?.jira ? new JiraApproval(scope, 'JiraApproval', { delivery, key }) : undefined;
  const own = [rules, jira].flatMap(made => (made ? [made.deadLetters] : []));
  new DecisionNotices(scope, 'Notices', { delivery, key, deadLetterQueues: [...deadLetters, ...own] });
}
