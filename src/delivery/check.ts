import { normaliseDelivery } from './normalise';
import { planDelivery, rolesOf } from './plan';
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

/** What decides about the names in AWS. */
type Named = Pick<DeliveryOptions, 'name' | 'source' | 'tooling' | 'deploymentGroups'>;

const collisionRules: RuleFamily = () => [
  rule<[string, Named['source'], Named['tooling'], Named['deploymentGroups']]>(['name', 'source', 'tooling', 'deploymentGroups'],
    (name, source, tooling, deploymentGroups) => checkNames({ name, source, tooling, deploymentGroups })),
];

/** Names carry a hash wherever they could collide; this is the proof for this delivery, whose groups and environments have to be right. */
export function checkNames(named: Named): OptionProblem[] {
  const plan = planDelivery(normaliseDelivery({ ...named, endpoint: {} }));
  const names = [
    ...plan.stacks.map(s => `stack ${s.name}`),
    ...rolesOf(plan).map(r => `role ${r.name}`),
    ...plan.groups.flatMap(g => [`group ${g.build.modelPackageGroup}`, `bucket ${g.build.artifactBucket}`, `bucket ${g.pipelines.bucket}`]),
    ...plan.groups.flatMap(g => g.environments.flatMap(e => [`endpoint ${e.endpointName}`, `bucket ${e.captureBucket}`])),
  ];
  return names.filter((name, i) => names.indexOf(name) < i)
    .map(name => problem('deploymentGroups', name, 'groups and environments whose names in AWS differ', 'Choose another name.'));
}
