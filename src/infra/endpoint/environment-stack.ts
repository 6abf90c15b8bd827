import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ModelDeployEnvironment } from './deploy-environment';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { optionsOf } from '../shared/plan';
import { stackProps } from '../shared/stack-props';

/** What an environment has around its endpoint. */
export class EnvironmentStack extends Stack {
  public readonly deployEnvironment: ModelDeployEnvironment;

  public constructor(
    scope: Construct, id: string, plan: DeliveryPlan, group: PlannedGroup, { name, stack }: PlannedEnvironment,
  ) {
    super(scope, id, stackProps(plan, stack, `Environment ${name} of ${plan.delivery.name}, group ${group.name}`));
    this.deployEnvironment = new ModelDeployEnvironment(this, 'Environment', {
      delivery: optionsOf(plan),
      group: group.name,
      environment: name,
    });
  }
}
