import type { PlannedRole } from '../../../src/plan/roles/role-model';
import { cleanUp } from '../../../testing/deliveries/synth';
import { getsSession, type SignIn } from '../../../testing/iam/sessions';
import type { World } from '../iam/calls/world';
import { makeWorld } from '../iam/deliveries';
import { GOVERNED, modesOf } from './attacks/sign-ins';

jest.setTimeout(180_000);
afterAll(cleanUp);

const MODES = modesOf('222222222222');

const governed: World = makeWorld(GOVERNED);
const standard: World = makeWorld({ ...GOVERNED, governance: { ...GOVERNED.governance, boundIdentities: false } });

function allowed(world: World, signIn: SignIn, role: PlannedRole = world.plan.groups[1].roles.approver) {
  return getsSession(world.policies, world.role(role), signIn);
}

/** The roles of people, with the account that they are in. */
const ROLES: ReadonlyArray<readonly [string, string, PlannedRole]> = [
  ['models', '222222222222', governed.plan.groups[1].roles.approver],
  ['deployments', '111111111111', governed.plan.groups[1].roles.releaser],
  ['the infrastructure', '111111111111', governed.plan.infrastructure.roles.approver!],
];

describe.each(ROLES)('whoever approves %s', (_, account, role) => {
  const modes = modesOf(account);
  test.each(modes.map(({ name, honest }) => [name, honest] as const))('comes in as %s under the own name', async (
    __, honest,
  ) => { expect(await allowed(governed, honest, role)).toBe(true); });

  test.each(modes.flatMap(({ name, honest, lies }) => lies.map(([what, lie]) =>
    [name, what, { ...honest, ...lie }] as const)))('does not come in as %s with %s', async (__, ___, signIn) => {
    expect(await allowed(governed, signIn, role)).toBe(false);
  });

  test('is bound by every condition of the trust policy', async () => {
    const arn = governed.role(role);
    const own = governed.policies.roles.get(arn)!;
    const lies = modes.flatMap(({ honest, lies: all }) => all.map(([, lie]) => ({ ...honest, ...lie })));
    const unnoticed: string[] = [];
    for (const [index, statement] of own.trust.Statement.entries()) {
      for (const [operator, tests] of Object.entries(statement.Condition ?? {})) {
        for (const key of Object.keys(tests)) {
          const rest = Object.fromEntries(Object.entries(tests).filter(([other]) => other !== key));
          const changed = { ...statement, Condition: { ...statement.Condition, [operator]: rest } };
          const trust = { ...own.trust, Statement: own.trust.Statement.map((s, i) => (i === index ? changed : s)) };
          const policies = { ...governed.policies, roles: new Map([...governed.policies.roles, [arn, { ...own, trust }]]) };
          const entered = await Promise.all(lies.map(lie => getsSession(policies, arn, lie)));
          if (!entered.includes(true)) { unnoticed.push(`${statement.Action.join()} ${operator} ${key}`); }
        }
      }
    }
    // A variable without a value matches nothing, so a role without source identity is kept out twice.
    expect(unnoticed).toEqual(['sts:AssumeRole Null aws:SourceIdentity']);
  });
});

test('without bound identities people choose the names of their sessions, as before', async () => {
  const free = MODES.map(({ honest }) => ({
    ...honest, asksName: 'whatever', asksIdentity: undefined, hasIdentity: undefined,
  }));
  const answers = await Promise.all(free.map(async signIn => [
    await allowed(standard, signIn), await allowed(governed, signIn),
  ]));
  expect(answers).toEqual(MODES.map(() => [true, false]));
});

test('where nobody is named, everybody of the account comes in under the own name only', async () => {
  const { deployments, infrastructure } = GOVERNED.approvers!;
  const world = makeWorld({
    ...GOVERNED, approvers: { deployments, infrastructure }, governance: { boundIdentities: true },
  });
  const whoever = MODES.slice(0, 3).map(({ honest }) => honest);
  const honest = await Promise.all(whoever.map(signIn => allowed(world, signIn)));
  const lies = await Promise.all(whoever.map(signIn => allowed(world, { ...signIn, asksName: 'eve' })));
  expect([honest, lies]).toEqual([[true, true, true], [false, false, false]]);
});
