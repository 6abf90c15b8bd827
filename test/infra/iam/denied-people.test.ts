import type { World } from './calls/world';
import { makeWorld, worldOf } from './deliveries';
import { EVERYTHING } from './outsiders';
import type { PeopleOptions } from '../../../src/options/approvers';
import type { PlannedRole } from '../../../src/plan/roles/role-model';
import { PEOPLE_SESSION } from '../../../src/plan/roles/trust';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import type { Context } from '../../../testing/iam/request';
import { accountIn } from '../../../testing/iam/resources';

jest.setTimeout(180_000);
afterAll(cleanUp);

const MFA = { 'aws:MultiFactorAuthPresent': 'true' };
const SSO = 'aws-reserved/sso.amazonaws.com';
const SUFFIX = '0123456789abcdef';

/** Whether somebody whom his own policies allow everything may take a role on. */
async function takes(world: World, role: PlannedRole, principal: string, context?: typeof MFA): Promise<boolean> {
  expect(world.policies.roles.has(world.role(role))).toBe(true);
  const somebody = {
    account: accountIn(principal), region: '', stack: '', logicalId: '', arn: principal, trust: EVERYTHING,
    managedPolicies: [], suppressions: [], policies: [{ name: 'AdministratorAccess', document: EVERYTHING }],
  };
  const policies = { ...world.policies, roles: new Map([...world.policies.roles, [principal, somebody]]) };
  // Without the second factor the key is missing, as it is for access keys, or false.
  const contexts: Context[] = context ? [context] : [{}, { 'aws:MultiFactorAuthPresent': 'false' }];
  const answers = await Promise.all(contexts.map(extra => evaluate(policies, {
    principal, action: 'sts:AssumeRole', resource: world.role(role), context: extra,
  })));
  return answers.some(({ allowed }) => allowed);
}

/** The roles that people take on, by the option that names who does. */
type Decision = keyof NonNullable<World['plan']['delivery']['approvers']>;

function roles({ plan }: World): ReadonlyArray<readonly [Decision, PlannedRole]> {
  return [
    ...plan.groups.flatMap(group => [
      ['models', group.roles.approver] as const,
      ['deployments', group.roles.releaser] as const,
    ]),
    ...(plan.infrastructure.roles.approver ? [['infrastructure', plan.infrastructure.roles.approver] as const] : []),
  ];
}

describe('people who are named', () => {
  const world = (): World => worldOf('sevenAccounts');
  const named = (decision: string): PeopleOptions =>
    (world().plan.delivery.approvers as { readonly [name: string]: PeopleOptions })[decision];
  const of = ({ place }: PlannedRole, kind: string): string => `arn:aws:iam::${place.account}:${kind}`;

  test('take on their role, users with a second factor', async () => {
    for (const [decision, role] of roles(world())) {
      const { userArns = [], roleArns = [], permissionSets = [] } = named(decision);
      const sets = permissionSets.flatMap(set => ['', 'eu-west-1/'].map(region =>
        of(role, `role/${SSO}/${region}AWSReservedSSO_${set}_${SUFFIX}`)));
      for (const user of userArns) { expect(await takes(world(), role, user, MFA)).toBe(true); }
      for (const arn of [...roleArns, ...sets]) { expect([arn, await takes(world(), role, arn)]).toEqual([arn, true]); }
    }
  });

  test('are the only ones, whatever others may do', async () => {
    let tried = 0;
    for (const [decision, role] of roles(world())) {
      const { userArns = [], roleArns = [], permissionSets = [] } = named(decision);
      const others = [
        // Another user or role of the account; one of the same name elsewhere, or with another path.
        ...['user/somebody', 'role/somebody', 'role/administrator', `role/${SSO}/AWSReservedSSO_Other_${SUFFIX}`]
          .map(kind => of(role, kind)),
        ...[...userArns, ...roleArns].flatMap(arn => [
          arn.replace(/::\d+:/, '::888888888888:'), arn.replace(/:(user|role)\/.*\//, ':$1/'), `${arn}s`,
          arn.includes(':user/') ? arn.replace(':user/', ':role/') : arn.replace(':role/', ':user/'),
        ].filter(other => other !== arn)),
        ...permissionSets.flatMap(set => [
          // A set with a longer name, a shorter one, and roles that are only called like it.
          `${SSO}/AWSReservedSSO_${set}Plus_${SUFFIX}`, `${SSO}/AWSReservedSSO_${set}_Plus_${SUFFIX}`,
          `${SSO}/AWSReservedSSO_${set.slice(0, -1)}_${SUFFIX}`, `${SSO}/eu-west-1/AWSReservedSSO_${set}2_${SUFFIX}`,
          `AWSReservedSSO_${set}_${SUFFIX}`, `sso.amazonaws.com/AWSReservedSSO_${set}_${SUFFIX}`,
        ].map(name => of(role, `role/${name}`))),
        ...permissionSets.map(set => `arn:aws:iam::888888888888:role/${SSO}/AWSReservedSSO_${set}_${SUFFIX}`),
      ];
      tried += others.length;
      for (const other of others) { expect([other, await takes(world(), role, other, MFA)]).toEqual([other, false]); }
      // A user without a second factor.
      for (const user of userArns) { expect([user, await takes(world(), role, user)]).toEqual([user, false]); }
    }
    expect(tried).toBeGreaterThan(40);
  });
});

test('where nobody is named, roles of the account and its users with a second factor take the roles on, and nobody of '
  + 'another account', async () => {
  const world = worldOf('default');
  expect(roles(world).map(([decision]) => decision)).toEqual(['models', 'deployments', 'infrastructure']);
  for (const [, role] of roles(world)) {
    const account = accountIn(world.role(role));
    const user = `arn:aws:iam::${account}:user/team/ana`;
    const answers = [
      await takes(world, role, user, MFA), await takes(world, role, user),
      await takes(world, role, `arn:aws:iam::${account}:role/people/x`),
      await takes(world, role, 'arn:aws:iam::888888888888:user/x', MFA),
      await takes(world, role, 'arn:aws:iam::888888888888:role/x', MFA),
    ];
    expect(answers).toEqual([true, false, true, false, false]);
  }
});

test('whoever approves deployments approves changes of the infrastructure, unless others are named', async () => {
  const { name, endpoint } = DELIVERIES.default;
  const world = makeWorld({ name, endpoint, approvers: { deployments: { permissionSets: ['Release'] } } });
  const own = (set: string) => `arn:aws:iam::111111111111:role/${SSO}/AWSReservedSSO_${set}_${SUFFIX}`;
  const { approver } = world.plan.infrastructure.roles;
  expect([await takes(world, approver!, own('Release')), await takes(world, approver!, own('Other'))])
    .toEqual([true, false]);
});

test.each([
  'default', 'sevenAccounts',
])('%s: sessions of people last an hour, and those of nobody else are set', name => {
  const world = worldOf(name);
  const people = roles(world).map(([, role]) => role.name).sort();
  const limited = world.policies.stacks.flatMap(({ template }) => Object.values<any>(template.Resources))
    .filter(r => r.Type === 'AWS::IAM::Role' && r.Properties.MaxSessionDuration !== undefined);
  expect(limited.map(r => r.Properties.RoleName).sort()).toEqual(people);
  expect(new Set(limited.map(r => r.Properties.MaxSessionDuration))).toEqual(new Set([PEOPLE_SESSION]));
});
