import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Delivery } from '../../../delivery/delivery';
import type { NamedTrail } from '../../../plan/govern/model';
import { planOf } from '../../shared/plan';
import { stackProps } from '../../shared/stack-props';

/** The trail of one account, and the alarms on tampering with it. */
export class TrailStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery, { stack, place }: NamedTrail) {
    const plan = planOf(delivery);
    super(scope, id, {
      ...stackProps(plan, stack, `Audit trail of ${plan.delivery.name}`), env: place,
    });
  }
}
