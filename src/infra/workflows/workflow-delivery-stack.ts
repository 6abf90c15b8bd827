import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { RequestWatch } from './request-watch';
import { WorkflowStarter } from './starter';
import { WorkflowDelivery } from './workflow-delivery';
import type { Delivery } from '../../delivery/delivery';
import type { PlannedGroup } from '../../plan/model';
import { ApprovalGate } from '../deploy/approval-gate';
import { FailureAlarms } from '../deploy/failure-alarms';
import { Retraining } from '../retrain/retraining';
import { makeKey } from '../shared/own-key';
import { planOf } from '../shared/plan';
import { stackProps } from '../shared/stack-props';

/** What a group needs in the tooling account where workflows build and deploy it. */
export class WorkflowDeliveryStack extends Stack {
  public constructor(
    scope: Construct, id: string, delivery: Delivery, group: PlannedGroup, directory = process.cwd(),
  ) {
    const plan = planOf(delivery);
    const { pipelines, name, retraining } = group;
    const { infrastructure: { bus, busArn, topicArn } } = plan;
    const description = `Workflows of ${plan.delivery.name}, group ${name}`;
    super(scope, id, stackProps(plan, pipelines.stack, description));
    const key = makeKey(this, 'Key', pipelines.keyAlias, description);
    const shared = { delivery, group: name, key };
    const deploy = new WorkflowDelivery(this, 'Deploy', { plan, group, key, directory });
    const gate = new ApprovalGate(this, 'Gate', shared);
    const watch = new RequestWatch(this, 'Watch', { plan, group, key, gate });
    const retrain = retraining && new Retraining(this, 'Retraining', {
      project: plan.delivery.name, group, retraining, bus: { name: bus, arn: busArn }, topicArn, key,
      engine: plan.engines.delivery,
    });
    const starter = group.workflows?.starter && new WorkflowStarter(this, 'Starter', { plan, group, key });
    new FailureAlarms(this, 'Failures', {
      ...shared,
      deadLetterQueues: [gate, deploy, watch, retrain, starter].flatMap(part => part?.deadLetters ?? []),
    });
  }
}
