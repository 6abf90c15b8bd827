import { TOOLS_SOURCE } from './model';
import type { Grant } from '../roles/role-model';

/** A run of the workflow that deploys the infrastructure has failed (`tools/infrastructure/telling.py`). */
export const INFRASTRUCTURE_FAILED = 'Infrastructure Workflow Failed';
/** A stage of it waits for a person. */
export const INFRASTRUCTURE_AWAITED = 'Infrastructure Awaits Approval';

/** Telling the bus of that workflow, and of nothing else: other events start something, or speak of deployments. */
export function tellOfInfrastructure(busArn: string): Grant {
  const told = {
    'events:source': [TOOLS_SOURCE], 'events:detail-type': [INFRASTRUCTURE_AWAITED, INFRASTRUCTURE_FAILED],
  };
  return {
    sid: 'Tell',
    actions: ['events:PutEvents'],
    resources: [busArn],
    // Of many values each must be one of these; of none, "all" are (IAM user guide, "Multivalued context keys").
    conditions: {
      'ForAllValues:StringEquals': told, 'Null': Object.fromEntries(Object.keys(told).map(key => [key, 'false'])),
    },
    why: 'Tells people that a change waits for them, or that a run has failed.',
  };
}
