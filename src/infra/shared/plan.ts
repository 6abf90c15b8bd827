import type { DeliveryOptions } from '../../options/delivery';
import { OptionError, showValue } from '../../options/engine/option-error';
import { checkDelivery } from '../../plan/check';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { normaliseDelivery } from '../../plan/normalise';
import { planDelivery } from '../../plan/plan';

const plans = new WeakMap<object, DeliveryPlan>();

/** The plan of a delivery, checked; made once for each options object, because several constructs share it. */
export function planOf(delivery: DeliveryOptions): DeliveryPlan {
  const known = plans.get(delivery);
  if (known) { return known; }
  const problems = checkDelivery(delivery);
  if (problems.length > 0) { throw new OptionError(problems); }
  const plan = planDelivery(normaliseDelivery(delivery));
  plans.set(delivery, plan);
  // A stack hands on the plan's own delivery, with every default filled in.
  plans.set(plan.delivery, plan);
  return plan;
}

/** A plan's own delivery, with every default filled in; constructs can be made from it as from the options. */
export function optionsOf({ delivery }: DeliveryPlan): DeliveryOptions {
  return delivery as DeliveryOptions;
}

/** One group of a plan, by name; without a name the only one. */
export function groupOf(plan: DeliveryPlan, name?: string): PlannedGroup {
  const names = plan.groups.map(g => g.name);
  const group = name === undefined && names.length === 1 ? plan.groups[0] : plan.groups.find(g => g.name === name);
  if (!group) { throw notOneOf('group', name, names); }
  return group;
}

/** One environment of a group, by name. */
export function environmentOf(group: PlannedGroup, name: string): PlannedEnvironment {
  const environment = group.environments.find(e => e.name === name);
  if (!environment) { throw notOneOf('environment', name, group.environments.map(e => e.name)); }
  return environment;
}

function notOneOf(path: string, value: unknown, names: readonly string[]): OptionError {
  return new OptionError([{
    path,
    value: showValue(value),
    allowed: `one of ${names.join(', ')}`,
    fix: `Name one of the delivery's ${path}s.`,
  }]);
}
