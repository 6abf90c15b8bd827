import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { infrastructureMessages } from './infrastructure-messages';
import { tellWhere } from './published';
import { makeRequests } from './workflow-requests';
import type { Delivery } from '../../delivery/delivery';
import { DEPLOYER_ROLES } from '../../plan/infrastructure/deployers';
import { infrastructureTools } from '../infrastructure/infrastructure-tools';
import { FailureWatch } from '../shared/failure-watch';
import { fill } from '../shared/fill';
import { makeKey } from '../shared/own-key';
import { planOf } from '../shared/plan';
import { makeRole } from '../shared/planned-role';
import { stackProps } from '../shared/stack-props';

/** What the workflow that deploys the infrastructure needs in the tooling account: the last stack of a delivery. */
export class InfrastructureWorkflowStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery) {
    const plan = planOf(delivery);
    const { workflow, roles, failures, topicArn, chatTopicArn } = plan.infrastructure;
    const { stack, keyAlias, toolsParameter, approvals, deployers } = workflow!;
    const description = `Infrastructure workflow of ${plan.delivery.name}`;
    super(scope, id, stackProps(plan, stack, description));
    const key = makeKey(this, 'Key', keyAlias, description);
    if (approvals !== undefined) { makeRequests(this, approvals, key); }
    const tools = infrastructureTools(this, plan, workflow!);
    tellWhere(this, 'WhereTools', toolsParameter, tools, 'the tools that show and execute changes');
    const values = { key: key.keyArn, toolsObject: tools.bucket.arnForObjects(tools.s3ObjectKey) };
    makeRole(this, 'DifferRole', roles.differ!, values);
    for (const { type } of deployers) { makeRole(this, `DeployerRole-${type}`, roles[DEPLOYER_ROLES[type]]!, values); }
    if (roles.approver) { makeRole(this, 'ApproverRole', roles.approver, values); }
    new FailureWatch(this, 'Failures', {
      prefix: failures, topicArn: fill(this, topicArn), chatTopicArn: chatTopicArn && fill(this, chatTopicArn), key,
      failures: infrastructureMessages(this, plan), queues: [],
    });
  }
}
