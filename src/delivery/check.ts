import { normaliseDelivery } from './normalise';
import { planDelivery } from './plan';
import { namesOf } from './plan-names';
import { checkAgainst } from '../options/check';
import type { DeliveryOptions } from '../options/delivery';
import { deliverySchema } from '../options/delivery-schema';
import type { OptionProblem } from '../options/option-error';
import { applyRules, inOrder, problem, rule, type RuleFamily } from '../options/rule';
import { deliveryRules } from '../options/rules';

/** Everything that is wrong with a delivery, in the order of its options: each by itself, and those that are right in how they go together. */
export function checkDelivery(options: unknown): OptionProblem[] {
  const known = checkAgainst(deliverySchema, options, '');
  const crossed = applyRules(deliveryRules, options, known);
  const collisions = applyRules([collisionRules], options, [...known, ...crossed]);
  return inOrder(deliverySchema, [...known, ...crossed, ...collisions]);
}

/** The options that decide about names in AWS, beside the name that all of them begin with. */
export const NAMING = ['source', 'tooling', 'deploymentGroups', 'infrastructure', 'notifications', 'containerRepositories'] as const;

type Named = Pick<DeliveryOptions, 'name' | typeof NAMING[number]>;

const collisionRules: RuleFamily = () => [
  rule<[string, ...unknown[]]>(['name', ...NAMING], (name, ...values) => checkNames({ name, ...Object.fromEntries(NAMING.map((option, i) => [option, values[i]])) })),
];

/** Names carry a hash wherever they could collide; this is the proof for this delivery, whose groups and environments have to be right. */
export function checkNames(named: Named): OptionProblem[] {
  const plan = planDelivery(normaliseDelivery({ ...named, endpoint: {} }));
  const seen = new Set<string>();
  return namesOf(plan).filter(({ kind, scope, name }) => {
    const key = JSON.stringify([kind, scope, name]);
    return seen.has(key) || !seen.add(key);
  }).map(({ name }) => problem('deploymentGroups', name, 'groups and environments whose names in AWS differ', 'Choose another name.'));
}
