import type { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BuildStack } from './build/build-stack';
import { DeliveryStack } from './deploy/delivery-stack';
import { ReplicaStack } from './deploy/replica-stack';
import { EndpointStack } from './endpoint/endpoint-stack';
import { EnvironmentStack } from './endpoint/environment-stack';
import { AuditStack } from './govern/audit/audit-stack';
import { TrailStack } from './govern/audit/trail-stack';
import { GovernanceStack } from './govern/governance-stack';
import { InfrastructurePipelineStack } from './infrastructure/infrastructure-pipeline-stack';
import { InfrastructureStack } from './infrastructure/infrastructure-stack';
import { PromotionStack } from './promotion/promotion-stack';
import { environmentOf, groupOf } from './shared/plan';
import { stackProps } from './shared/stack-props';
import { SourceStack } from './source/source-stack';
import { InfrastructureWorkflowStack } from './workflows/infrastructure-workflow-stack';
import { WorkflowDeliveryStack } from './workflows/workflow-delivery-stack';
import type { Delivery } from '../delivery/delivery';
import type { DeliveryPlan } from '../plan/model';
import type { PlannedStack, StackKind } from '../plan/stacks/stack';

/** What a stack is made from. */
export interface StackToBuild {
  readonly scope: Construct;
  readonly delivery: Delivery;
  /** The delivery's. */
  readonly plan: DeliveryPlan;
  readonly stack: PlannedStack;
  /** Root directory of the CDK app. */
  readonly directory?: string;
}

type StackBuilder = (made: StackToBuild) => Stack;

/** The construct of each kind of stack; the plan's side of the same list is `STACK_KINDS`. */
export const STACK_BUILDERS: { readonly [K in StackKind]: StackBuilder } = {
  source: ({ scope, plan, stack }) => new SourceStack(scope, stack.name, plan),
  infrastructure: ({ scope, delivery, stack }) => new InfrastructureStack(scope, stack.name, delivery),
  audit: ({ scope, delivery, stack }) => new AuditStack(scope, stack.name, delivery),
  trail: ({ scope, delivery, plan, stack }) => new TrailStack(
    scope, stack.name, delivery, plan.governance.audit!.trails.find(trail => trail.stack === stack.name)!,
  ),
  governance: ({ scope, delivery, stack }) => new GovernanceStack(scope, stack.name, delivery),
  promotion: ({ scope, plan, stack }) => new PromotionStack(scope, stack.name, {
    stackName: stack.name,
    env: stack.place,
    synthesizer: stackProps(plan, stack.name, '').synthesizer,
    promotion: plan.delivery.promotion!,
    failures: {
      project: plan.delivery.name, topicArn: plan.infrastructure.topicArn,
      chatTopicArn: plan.infrastructure.chatTopicArn, prefix: plan.promotion!.failures,
    },
  }),
  build: ({ scope, delivery, plan, stack }) => new BuildStack(scope, stack.name, delivery, groupOf(plan, stack.group)),
  environment: ({ scope, delivery, plan, stack }) => {
    const group = groupOf(plan, stack.group);
    return new EnvironmentStack(scope, stack.name, delivery, group, environmentOf(group, stack.environment!));
  },
  replica: ({ scope, plan, stack }) => {
    const { name, replicas } = groupOf(plan, stack.group);
    return new ReplicaStack(scope, stack.name, plan, name, replicas.find(replica => replica.stack === stack.name)!);
  },
  delivery: ({ scope, delivery, plan, stack, directory }) => (
    new (plan.engines.delivery === 'codepipeline' ? DeliveryStack : WorkflowDeliveryStack)(
      scope, stack.name, delivery, groupOf(plan, stack.group), directory,
    )),
  pipeline: ({ scope, delivery, plan, stack }) => (
    new (plan.engines.delivery === 'codepipeline' ? InfrastructurePipelineStack : InfrastructureWorkflowStack)(
      scope, stack.name, delivery,
    )),
  endpoint: ({ scope, plan, stack }) => {
    const group = groupOf(plan, stack.group);
    return new EndpointStack(scope, stack.name, environmentOf(group, stack.environment!), {
      project: plan.delivery.name, group: group.name,
    });
  },
};
