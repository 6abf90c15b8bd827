import { enginesOf } from './engines';
import { letApproversRead } from './govern/approver-reads';
import { nameGovernance } from './govern/names';
import { governanceRoles } from './govern/roles';
import { planAudit } from './govern/trail-roles';
import { nameGroup, planGroup } from './group';
import { nameInfrastructure } from './infrastructure/names';
import { infrastructureRoles } from './infrastructure/roles';
import type { DeliveryPlan, NamedDelivery } from './model';
import { collectNames, texts } from './names/planned-names';
import { namePromotionOf } from './promotion/names';
import { promotionRoles } from './promotion/roles';
import type { PlannedRole } from './roles/role-model';
import type { DeliverySettings } from './settings';
import { nameSource } from './source/repositories';
import { planStacks } from './stacks/plan-stacks';
import { planTiers } from './stacks/tiers';
import { nameUpgrade } from './upgrade/names';
import { upgradeRoles } from './upgrade/roles';

/**
 * Makes the plan of a delivery; the same delivery always gives the same plan. There are three passes, and each returns
 * values that the next one uses and does not change: names, then stacks and tiers, then roles.
 */
export function planDelivery(delivery: DeliverySettings): DeliveryPlan {
  const names = nameDelivery(delivery);
  const named: NamedDelivery = texts(names);
  const stacks = planStacks(named);
  const tiers = planTiers(delivery, stacks);
  const { infrastructure, upgrade, governance, promotion, groups } = named;
  return {
    delivery,
    engines: enginesOf(delivery),
    names: collectNames(names),
    source: named.source,
    infrastructure: {
      ...infrastructure,
      pipeline: infrastructure.pipeline && { ...infrastructure.pipeline, ...tiers },
      workflow: infrastructure.workflow && { ...infrastructure.workflow, ...tiers },
      roles: infrastructureRoles(delivery, infrastructure, tiers, governance),
    },
    groups: groups.map(group => letApproversRead(planGroup(delivery, group, named), governance)),
    stacks,
    upgrade: upgrade && { ...upgrade, roles: upgradeRoles(delivery, upgrade, groups[0].pipelines) },
    governance: { ...governance, audit: planAudit(named), roles: governanceRoles(delivery, named) },
    promotion: promotion && { ...promotion, roles: promotionRoles(promotion) },
  };
}

/**
 * First pass. Every part of a delivery stands here once, and what is named anywhere below it is among the plan's names.
 */
function nameDelivery(delivery: DeliverySettings) {
  return {
    source: nameSource(delivery),
    infrastructure: nameInfrastructure(delivery),
    upgrade: nameUpgrade(delivery),
    governance: nameGovernance(delivery),
    groups: delivery.deploymentGroups.map(group => nameGroup(delivery, group)),
    promotion: namePromotionOf(delivery),
  };
}

/** Every role of a plan, in the order of the delivery. */
export function rolesOf({ groups, infrastructure, upgrade, governance, promotion }: DeliveryPlan): PlannedRole[] {
  const present = (roles: object = {}) => (Object.values(roles) as Array<PlannedRole | undefined>).flatMap(role => role
    ?? []);
  return [
    ...groups.flatMap(group => [...present(group.roles), ...group.environments.flatMap(e => present(e.roles))]),
    ...present(infrastructure.roles), ...present(upgrade?.roles), ...present(governance.roles),
    ...(governance.audit?.trails ?? []).flatMap(trail => present(trail.roles)),
    ...present(promotion?.roles),
  ];
}
