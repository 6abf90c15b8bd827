import { STACK_KINDS } from './kinds';
import type { PlannedStack, PlannedTier } from './stack';
import { EnvironmentType } from '../../options/deployment-group';
import { ENVIRONMENT_TYPES } from '../../options/knowledge/environment-types';
import { accountType } from '../infrastructure/deployers';
import type { DeliverySettings } from '../settings';

/** The stages of the infrastructure pipeline. */
export interface Tiers {
  readonly self: PlannedTier;
  readonly tiers: readonly PlannedTier[];
}

/**
 * Changes of the infrastructure go the way of the models: first where development is, last to production and to the
 * pipelines in the tooling account. What is in one account is one stage: there development still comes first, and
 * nothing comes after what has failed.
 */
export function planTiers(delivery: DeliverySettings, stacks: readonly PlannedStack[]): Tiers {
  const { diffApproval } = delivery.infrastructure;
  const ofKind = (tier: 'itself' | 'account') => stacks.filter(({ kind }) => STACK_KINDS[kind].tier === tier);
  const ofAccounts = ofKind('account');
  return {
    self: {
      name: 'SelfMutate', type: EnvironmentType.PROD, manualApproval: diffApproval, waves: inWaves(ofKind('itself')),
    },
    tiers: ENVIRONMENT_TYPES.map((type): PlannedTier => ({
      name: `Deploy-${type}`,
      type,
      manualApproval: (type === EnvironmentType.PROD && diffApproval) || asksForModels(delivery, type),
      waves: inWaves(ofAccounts.filter(({ place }) => accountType(delivery, place.account) === type)),
    })).filter(tier => tier.waves.length > 0),
  };
}

/** Where a person lets models in, a person lets changes in. */
function asksForModels(delivery: DeliverySettings, type: EnvironmentType): boolean {
  return delivery.deploymentGroups.some(group => group.deployEnvironments.some(environment =>
    environment.manualApproval && accountType(delivery, environment.account) === type));
}

/** Stacks after those that they need and, of one depth, after those of a lower type. */
function inWaves(stacks: readonly PlannedStack[]): string[][] {
  const depths = new Map<string, number>();
  for (const { name, needs } of stacks) {
    depths.set(name, 1 + Math.max(-1, ...needs.flatMap(needed => depths.get(needed) ?? [])));
  }
  const deepest = Math.max(0, ...depths.values());
  const waves = Array.from({ length: deepest + 1 }, (_, depth) => ENVIRONMENT_TYPES.map(type => stacks.filter(stack =>
    depths.get(stack.name) === depth && (stack.type ?? EnvironmentType.PROD) === type).map(({ name }) => name)));
  return waves.flat().filter(wave => wave.length > 0);
}
