import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { makeApprovals } from './approvals/decision-notices';
import { DecisionRecorder } from './decisions/decision-recorder';
import { WorkflowDecisions } from './decisions/workflow-decisions';
import type { Delivery } from '../../delivery/delivery';
import { makeKey } from '../shared/own-key';
import { planOf } from '../shared/plan';
import { stackProps } from '../shared/stack-props';

/** What records decisions, and decides by rule and through Jira, in the tooling account. */
export class GovernanceStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery) {
    const plan = planOf(delivery);
    const { stack, keyAlias } = plan.governance.decisions!;
    super(scope, id, stackProps(plan, stack, `Approval records of ${plan.delivery.name}`));
    const key = makeKey(this, 'Key', keyAlias, `Approval records of ${plan.delivery.name}`);
    new DecisionRecorder(this, 'Recorder', { delivery, key });
    if (plan.governance.roles.decisions) { new WorkflowDecisions(this, 'Workflows', { plan, key }); }
    makeApprovals(this, delivery, key, []);
  }
}
