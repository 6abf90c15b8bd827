import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ModelDeployEnvironment } from './deploy-environment';
import type { Delivery } from '../../delivery/delivery';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import type { PlannedGroup } from '../../plan/model';
import { planOf } from '../shared/plan';
import { stackProps } from '../shared/stack-props';

/** What an environment has around its endpoint. */
export class EnvironmentStack extends Stack {
  public readonly deployEnvironment: ModelDeployEnvironment;

  public constructor(
    scope: Construct, id: string, delivery: Delivery, group: PlannedGroup, { name, stack }: PlannedEnvironment,
  ) {
    const plan = planOf(delivery);
    super(scope, id, stackProps(plan, stack, `Environment ${name} of ${plan.delivery.name}, group ${group.name}`));
    this.deployEnvironment = new ModelDeployEnvironment(this, 'Environment', {
      delivery,
      group: group.name,
      environment: name,
    });
  }
}
