import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DeliveryEvents } from './delivery-events';
import { DeliveryNotifications } from './delivery-notifications';
import type { Delivery } from '../../delivery/delivery';
import { TamperingReports } from '../govern/audit/tampering-reports';
import { makeKey } from '../shared/own-key';
import { planOf } from '../shared/plan';
import { stackProps } from '../shared/stack-props';
import { makeIdentityProvider } from '../workflows/identity-provider';

/**
 * What a delivery has once in the tooling account: key, bus and topic.
 */
export class InfrastructureStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery) {
    const plan = planOf(delivery);
    const { stack, keyAlias } = plan.infrastructure;
    super(scope, id, stackProps(plan, stack, `Events and notifications of ${plan.delivery.name}`));
    const key = makeKey(this, 'Key', keyAlias, `Infrastructure of ${plan.delivery.name}`);
    new DeliveryEvents(this, 'Events', { delivery });
    new DeliveryNotifications(this, 'Notifications', { delivery, key });
    makeIdentityProvider(this, plan);
    const { audit } = plan.governance;
    if (audit) { new TamperingReports(this, 'Tampering', { plan, audit, key }); }
  }
}
