import { STACK_KINDS } from './kinds';
import type { PlannedStack, PlannedTier } from './stack';
import { EnvironmentType } from '../../options/deployment-group';
import type { Delivery } from '../delivery';

const ORDER = [EnvironmentType.DEV, EnvironmentType.PREPROD, EnvironmentType.PROD];

/**
 * Changes of the infrastructure go the way of the models: first where development is, last to production. A stack that
 * needs others is deployed with the last of them, so the pipelines of a group wait for its production environment.
 */
export function planTiers(delivery: Delivery, stacks: readonly PlannedStack[]): PlannedTier[] {
  const tierOf = new Map<string, number>();
  for (const { name, kind, type, needs } of stacks) {
    const own = STACK_KINDS[kind].tier === 'environment' && type !== undefined ? ORDER.indexOf(type) : 0;
    tierOf.set(name, Math.max(own, ...needs.map(needed => tierOf.get(needed) ?? 0)));
  }
  const deployed = stacks.filter(({ kind }) => ['first', 'environment'].includes(STACK_KINDS[kind].tier));
  return ORDER.map((type, tier): PlannedTier => ({
    name: `Deploy-${type}`,
    type,
    manualApproval: delivery.deploymentGroups.some(group => group.deployEnvironments.some(e => e.type === type
      && e.manualApproval)),
    stacks: deployed.filter(stack => tierOf.get(stack.name) === tier).map(stack => stack.name),
  })).filter(tier => tier.stacks.length > 0);
}
