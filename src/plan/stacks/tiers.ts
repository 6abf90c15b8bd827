import type { Delivery } from '../delivery';
import type { PlannedTier, PlannedStack } from './stack';
import { EnvironmentType } from '../../options/deployment-group';

const ORDER = [EnvironmentType.DEV, EnvironmentType.PREPROD, EnvironmentType.PROD];

/**
 * Changes of the infrastructure go the way of the models: first where development is, last to production. A stack that needs others is deployed with
 * the last of them, so the pipelines of a group wait for its production environment.
 */
export function planTiers(delivery: Delivery, stacks: readonly PlannedStack[], infrastructureStack: string): PlannedTier[] {
  const tierOf = new Map<string, number>();
  for (const stack of stacks) {
    const own = ORDER.indexOf(stack.type ?? EnvironmentType.DEV);
    tierOf.set(stack.name, Math.max(own, ...stack.needs.map(name => tierOf.get(name) ?? 0)));
  }
  const deployed = stacks.filter(stack => stack.deployedBy === 'infrastructure' && stack.name !== infrastructureStack);
  return ORDER.map((type, tier): PlannedTier => ({
    name: `Deploy-${type}`,
    type,
    manualApproval: delivery.deploymentGroups.some(group => group.deployEnvironments.some(e => e.type === type && e.manualApproval)),
    stacks: deployed.filter(stack => tierOf.get(stack.name) === tier).map(stack => stack.name),
  })).filter(tier => tier.stacks.length > 0);
}
