import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ModelBuildEnvironment } from './model-build-environment';
import type { Delivery } from '../../delivery/delivery';
import type { PlannedGroup } from '../../plan/model';
import { planOf } from '../shared/plan';
import { stackProps } from '../shared/stack-props';

/** A group's build environment. */
export class BuildStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery, { name, build }: PlannedGroup) {
    const plan = planOf(delivery);
    super(scope, id, stackProps(plan, build.stack, `Build environment of ${plan.delivery.name}, group ${name}`));
    new ModelBuildEnvironment(this, 'Build', { delivery, group: name });
  }
}
