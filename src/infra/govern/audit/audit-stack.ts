import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { EvidenceStore } from './evidence-store';
import type { Delivery } from '../../../delivery/delivery';
import { makeKey } from '../../shared/own-key';
import { planOf } from '../../shared/plan';
import { stackProps } from '../../shared/stack-props';

/** What is kept for auditors: in the audit account, if there is one. */
export class AuditStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery) {
    const plan = planOf(delivery);
    const { stack, keyAlias, evidenceBucket } = plan.governance.audit!;
    super(scope, id, stackProps(plan, stack, `Audit trail and records of ${plan.delivery.name}`));
    const key = makeKey(this, 'Key', keyAlias, `Audit trail and records of ${plan.delivery.name}`);
    if (evidenceBucket) { new EvidenceStore(this, 'Evidence', { plan, name: evidenceBucket, key }); }
  }
}
