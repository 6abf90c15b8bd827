import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ModelBuildEnvironment } from './model-build-environment';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { optionsOf } from '../shared/plan';
import { stackProps } from '../shared/stack-props';

/** A group's build environment. */
export class BuildStack extends Stack {
  public constructor(scope: Construct, id: string, plan: DeliveryPlan, { name, build }: PlannedGroup) {
    super(scope, id, stackProps(plan, build.stack, `Build environment of ${plan.delivery.name}, group ${name}`));
    new ModelBuildEnvironment(this, 'Build', { delivery: optionsOf(plan), group: name });
  }
}
