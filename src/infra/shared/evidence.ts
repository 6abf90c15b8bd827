import type { DeliveryPlan } from '../../plan/model';

/** Where approvals are recorded, if they are. */
export function evidence({ governance: { audit } }: DeliveryPlan): object {
  return audit?.evidenceBucket ? {
    evidence: {
      bucket: audit.evidenceBucket, account: audit.place.account ?? '{account}', region: audit.place.region ?? '{region}',
    },
  } : {};
}
