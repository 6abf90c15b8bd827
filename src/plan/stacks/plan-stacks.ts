import { STACK_KINDS } from './kinds';
import type { PlannedStack, StackKind, StackOfKind } from './stack';
import type { NamedDelivery } from '../model';

/**
 * Second pass: all stacks, each after those it needs. What is there once comes first, then group by group;
 * last comes what starts to work on all of them.
 */
export function planStacks(named: NamedDelivery): PlannedStack[] {
  const kinds = Object.keys(STACK_KINDS) as StackKind[];
  const planned = (kind: StackKind, stacks: readonly StackOfKind[]) => stacks.map((stack): PlannedStack => ({
    ...stack, kind, deployedBy: STACK_KINDS[kind].tier === 'deploy-pipeline' ? 'deploy-pipeline' : 'infrastructure',
  }));
  const shared = kinds.flatMap(kind => {
    const entry = STACK_KINDS[kind];
    return 'stacks' in entry ? planned(kind, entry.stacks(named)) : [];
  });
  const ofGroups = named.groups.flatMap(group => kinds.flatMap(kind => {
    const entry = STACK_KINDS[kind];
    return 'groupStacks' in entry ? planned(kind, entry.groupStacks(group, named)) : [];
  }));
  const others = [...shared, ...ofGroups];
  const names = others.filter(({ deployedBy }) => deployedBy === 'infrastructure').map(({ name }) => name);
  const last = kinds.flatMap(kind => {
    const entry = STACK_KINDS[kind];
    return 'lastStacks' in entry ? planned(kind, entry.lastStacks(named, names)) : [];
  });
  return [...others, ...last];
}
