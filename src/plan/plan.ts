import type { Delivery, DeliverySource } from './delivery';
import { planInfrastructure } from './infrastructure/names';
import type { DeliveryPlan } from './model';
import { planGroup } from './plan-group';
import type { PlannedRole } from './roles/role-model';
import { planStacks } from './stacks/plan-stacks';
import { planUpgrade } from './upgrade/names';

/** Makes the plan of a delivery; the same delivery always gives the same plan. */
export function planDelivery(delivery: Delivery): DeliveryPlan {
  const repositories = createdRepositories(delivery);
  const infrastructure = planInfrastructure(delivery);
  const groups = delivery.deploymentGroups.map(group => planGroup(delivery, group, infrastructure));
  const [first] = delivery.deploymentGroups;
  const upgrade = planUpgrade(delivery, first, groups[0].pipelines);
  const stacks = planStacks(delivery, groups, infrastructure, repositories.length > 0);
  return {
    delivery, repositories, sourceStack: stacks.find(s => s.kind === 'source')?.name, infrastructure: infrastructure.withTiers(stacks), groups, stacks, upgrade,
  };
}

/** Model and infrastructure may come from one repository, which is then created once. */
function createdRepositories({ source, infrastructure }: Delivery): DeliverySource[] {
  const all = infrastructure.pipeline && infrastructure.source.repository !== source.repository ? [source, infrastructure.source] : [source];
  return all.filter(repository => repository.create);
}

/** Every role of a plan, in the order of the delivery. */
export function rolesOf(plan: DeliveryPlan): PlannedRole[] {
  const present = (roles: object): PlannedRole[] => (Object.values(roles) as Array<PlannedRole | undefined>).flatMap(role => role ?? []);
  const groups = plan.groups.flatMap(group => [...present(group.roles), ...group.environments.flatMap(e => present(e.roles))]);
  return [...groups, ...present(plan.infrastructure.roles), ...present(plan.upgrade?.roles ?? {})];
}
