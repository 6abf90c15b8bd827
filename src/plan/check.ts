import { DEPLOYER_ROLES } from './infrastructure/deployers';
import type { DeliveryPlan } from './model';
import { normaliseDelivery } from './normalise';
import { planDelivery, rolesOf } from './plan';
import { retrainingProblems } from './retrain/check';
import { policySize, trustSize } from './roles/policy-size';
import type { PlannedRole } from './roles/role-model';
import { trustOf } from './roles/trust';
import type { DeliveryOptions } from '../options/delivery';
import { checkAgainst } from '../options/engine/check';
import type { OptionProblem } from '../options/engine/option-error';
import { applyRules, inOrder, problem, rule, type RuleFamily } from '../options/engine/rule';
import { deliveryRules } from '../options/rules';
import { declared } from '../options/schemas/declared';
import { deliverySchema } from '../options/schemas/delivery-schema';

/** What options come to: the plan, or what is wrong with them. */
export interface CheckedPlan {
  readonly problems: OptionProblem[];
  /** Only where nothing is wrong. */
  readonly plan?: DeliveryPlan;
}

/**
 * Everything that is wrong with a delivery, in the order of its options: each by itself, those that are right in how
 * they go together, and what their plan comes to. The plan that was checked is the one to work with.
 */
export function checkedPlan(options: unknown): CheckedPlan {
  const known = checkAgainst(deliverySchema, options, '');
  const crossed = applyRules(deliveryRules, deliverySchema, options, known);
  const found = [...known, ...crossed];
  if (found.length === 0) { return planOfChecked(options as DeliveryOptions); }
  const names = applyRules([nameRules], deliverySchema, options, found);
  return { problems: inOrder(deliverySchema, [...found, ...names]) };
}

/** The plan of a delivery whose options are right, unless they come to something that AWS does not take. */
export function planOfChecked(options: DeliveryOptions): CheckedPlan {
  const plan = planDelivery(normaliseDelivery(options));
  const problems = inOrder(deliverySchema, planProblems(plan));
  return problems.length > 0 ? { problems } : { problems, plan };
}

/** Everything that is wrong with a delivery. */
export function checkDelivery(options: unknown): OptionProblem[] {
  return checkedPlan(options).problems;
}

/** The options that decide about names and roles in AWS, beside the name that all of them begin with. */
const DECIDING = Object.entries(declared('CommonDeliveryOptions').properties ?? {})
  .filter(([, schema]) => schema['x-decides'] === 'names').map(([option]) => option);

/** What is wrong with names and roles, while an option that does not decide about them is wrong. */
export const nameRules: RuleFamily = () => [
  rule<[string, string | undefined, ...unknown[]]>(['name', 'modelName', ...DECIDING], (name, modelName, ...values) => {
    const deciding = Object.fromEntries(DECIDING.map((option, i) => [option, values[i]]));
    return planProblems(planDelivery(normaliseDelivery({ ...deciding, name: modelName ?? name, endpoint: {} })));
  }),
];

/**
 * Names carry a hash wherever they could collide; this is the proof for this delivery, whose groups and environments
 * must be right.
 */
function planProblems(plan: DeliveryPlan): OptionProblem[] {
  const seen = new Set<string>();
  // IAM and SageMaker ignore case.
  const twice = plan.names.filter(({ kind, scope, name }) => {
    const key = JSON.stringify([kind, scope, name.toLowerCase()]);
    return seen.has(key) || !seen.add(key);
  });
  return [
    ...twice.map(({ name, option }) => (option === undefined
      ? problem('deploymentGroups', name, 'groups and environments with different names in '
        + 'AWS', 'Choose another name.')
      : problem(option, name, 'a name that is unique in the delivery', 'Choose another name.'))),
    ...rolesOf(plan).flatMap(role => tooMuch(role, isDeployer(role, plan))),
    ...tooMany(plan), ...ownRoles(plan), ...nobody(plan), ...retrainingProblems(plan),
  ];
}

/** All inline policies of a role together (IAM user guide, "IAM and AWS STS quotas"); blanks do not count. */
const POLICY_SIZE = 10_240;

function isDeployer(role: PlannedRole, { infrastructure: { roles } }: DeliveryPlan): boolean {
  return Object.values(DEPLOYER_ROLES).some(name => roles[name] === role);
}

/** What a role may do grows with the environments that it works with. */
function tooMuch({ name, grants }: PlannedRole, deploys: boolean): OptionProblem[] {
  const size = policySize(grants);
  return size <= POLICY_SIZE ? [] : [{
    path: 'deploymentGroups',
    value: `a policy of ${size} characters for the role ${name}`,
    allowed: `a policy of at most ${POLICY_SIZE} characters, IAM's limit for a role`,
    fix: deploys
      ? 'The policy names every account and region: move some groups to another project, or deploy the '
        + 'infrastructure manually (infrastructure.pipeline: false).'
      : 'The policy names every environment of the group: split the group into several, which may share a branch.',
  }];
}

/** IAM user guide, "IAM and AWS STS quotas", role trust policy length; AWS raises it to 4,096 when asked. */
const TRUST_SIZE = 2048;

/** The decisions of people, each with its roles and the option that names who assumes them. */
function decisions(
  { delivery, groups, infrastructure }: DeliveryPlan,
): ReadonlyArray<readonly [string, PlannedRole[]]> {
  const { infrastructure: own } = delivery.approvers ?? {};
  return [
    ['approvers.models', groups.map(group => group.roles.approver)],
    ['approvers.deployments', groups.flatMap(group => group.roles.releaser)],
    [
      own ? 'approvers.infrastructure' : 'approvers.deployments',
      infrastructure.roles.approver ? [infrastructure.roles.approver] : [],
    ],
  ];
}

/** The people who are named must fit into a trust policy. */
function tooMany(plan: DeliveryPlan): OptionProblem[] {
  const sizes = decisions(plan).flatMap(([path, roles]) => roles.map(({ assumedBy }) => [
    path, 'account' in assumedBy ? trustSize(trustOf(assumedBy)) : 0,
  ] as const));
  return sizes.filter(([path, size], i) => size > TRUST_SIZE && sizes.findIndex(([first]) => first === path) === i)
    .map(([path, size]) => ({
      path,
      value: `a trust policy of ${size} characters`,
      allowed: `at most ${TRUST_SIZE} characters, IAM's limit for a trust policy`,
      fix: 'Name a role or permission set that several people share.',
    }));
}

/** A provider lets people into roles of its own account alone, so each account needs somebody. */
function nobody(plan: DeliveryPlan): OptionProblem[] {
  return decisions(plan).flatMap(([path, roles]) => roles.flatMap(({ name, place, assumedBy }) => (
    !('account' in assumedBy) || trustOf(assumedBy).length > 0 ? [] : [{
      path: `${path}.samlProviderArns`, value: `nobody for the role ${name}`,
      allowed: `a SAML provider of the account ${place.account}, in which the role is`,
      fix: 'Name a provider of each account that has such a role, or others who may assume it.',
    }]))).filter((found, i, all) => all.findIndex(({ path }) => path === found.path) === i);
}

/** What the delivery does by itself must not decide for a person. */
function ownRoles(plan: DeliveryPlan): OptionProblem[] {
  const roles = rolesOf(plan);
  return Object.entries(plan.delivery.approvers ?? {}).flatMap(([decision, { roleArns = [] }]) =>
    (roleArns as readonly string[]).flatMap((arn, i) => {
      const [, , , , account, name] = arn.split(':');
      const own = roles.some(role => `role/${role.name}`.toLowerCase() === name.toLowerCase()
        && (role.place.account ?? account) === account);
      return own ? [problem(
        `approvers.${decision}.roleArns[${i}]`, arn, 'a role that does not belong to the delivery',
        'Name a role that people assume.',
      )] : [];
    }));
}
