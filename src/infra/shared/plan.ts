import type { Delivery } from '../../delivery/delivery';
import { OptionError, showValue } from '../../options/engine/option-error';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';

/** The plan of a delivery. */
export function planOf(delivery: Delivery): DeliveryPlan {
  const { _plan: plan } = Object(delivery) as Partial<Delivery>;
  if (plan) { return plan; }
  throw new OptionError([{
    path: 'delivery', value: showValue(delivery), allowed: 'a Delivery',
    fix: 'Create it once, with Delivery.of(options) or Delivery.fromConfig("config/delivery.json"), and pass it on.',
  }]);
}

/** The plan of a delivery that CodePipeline runs, for constructs that are pipelines. */
export function pipelinePlanOf(delivery: Delivery): DeliveryPlan {
  const plan = planOf(delivery);
  if (plan.engines.delivery === 'codepipeline') { return plan; }
  throw new OptionError([{
    path: 'engine.type', value: showValue(plan.engines.delivery), allowed: '"codepipeline" for this construct',
    fix: 'Leave it out: workflows of the repository do its work. SageMakerCicd makes what they need in AWS.',
  }]);
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
