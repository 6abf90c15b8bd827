import { baselineAttacks, machineAttacks, modelAttacks, resultAttacks, sourceAttacks } from './attacks';
import { castOf } from './cast';
import { cleanUp } from '../../../testing/deliveries/synth';
import { document, type IamRole, type Policies, type Statement } from '../../../testing/iam/policies';
import { type Act, type Case, succeeds } from '../govern/attacks/acts';
import { monitorSteps } from '../iam/calls/monitors';
import { worldOf } from '../iam/deliveries';
import { show, without } from '../iam/table';

jest.setTimeout(400_000);
afterAll(cleanUp);

const world = worldOf('monitored');
const { policies } = world;
const cast = castOf(world);
const TABLE: readonly Case[] = [
  ...sourceAttacks(cast), ...baselineAttacks(cast), ...resultAttacks(cast), ...modelAttacks(cast), ...machineAttacks(cast),
];
/** What the roles do in earnest. */
const ALLOWED: Act[] = world.plan.groups[0].environments.flatMap(environment => monitorSteps(world, environment))
  .flatMap(({ principal, calls }) => calls.map(call => ({ principal, ...call })));

async function allowedOf(all: Policies, acts: readonly Act[]): Promise<string[]> {
  const found: string[] = [];
  for (const act of acts) {
    if (await succeeds(all, act)) { found.push(show(act)); }
  }
  return found;
}

test('the table has many forbidden acts, each case once', () => {
  const names = TABLE.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(58);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(TABLE.filter(({ acts }) => acts.length === 0)).toEqual([]);
  expect(TABLE.flatMap(({ acts }) => acts).length).toBeGreaterThan(700);
});

test.each(TABLE.map(({ name, acts }) => [name, acts] as const))('nobody can %s', async (_, acts) => {
  expect(await allowedOf(policies, acts)).toEqual([]);
});

const roles = [...policies.roles.values()].filter(({ arn }) => cast.monitors.includes(arn));

/** The policies with another statement in the place of one. */
function changed(role: IamRole, policy: string, index: number, change: (statement: Statement) => Statement): Policies {
  const other: IamRole = {
    ...role, policies: role.policies.map(p => (p.name === policy ? {
      ...p, document: document({
        ...p.document, Statement: p.document.Statement.map((s, i) => (i === index ? change(s) : s)),
      }),
    } : p)),
  };
  return { ...policies, roles: new Map([...policies.roles, [role.arn, other]]) };
}

/** Which statements of the monitors' roles could be changed without any act of the table noticing. */
async function unnoticed(
  isMeant: (statement: Statement) => boolean, change: (statement: Statement) => Statement,
): Promise<{ readonly tried: number; readonly missed: string[] }> {
  const missed: string[] = [];
  let tried = 0;
  const acts = TABLE.flatMap(({ acts: all }) => all);
  for (const role of roles) {
    for (const { name, document: { Statement: statements } } of role.policies) {
      for (const [index, statement] of statements.entries()) {
        if (statement.Effect !== 'Allow' || !isMeant(statement)) { continue; }
        tried += 1;
        const about = acts.filter(act => act.principal === role.arn && statement.Action.includes(act.action));
        if ((await allowedOf(changed(role, name, index, change), about)).length === 0) {
          missed.push(`${role.arn.split('/').pop()} ${statement.Sid}`);
        }
      }
    }
  }
  return { tried, missed };
}

function withoutCondition(statement: Statement): Statement {
  return Object.fromEntries(Object.entries(statement).filter(([key]) => key !== 'Condition')) as unknown as Statement;
}

/** For everything by nature; the act of another account's image or prefix is in the table for the rest. */
const isOpen = ({ Resource: resources }: Statement) => (resources ?? []).includes('*');

test('without its condition each statement that has one would allow an act of the table', async () => {
  const { tried, missed } = await unnoticed(
    ({ Condition: condition }) => condition !== undefined, statement => withoutCondition(statement),
  );
  expect(tried).toBeGreaterThanOrEqual(20);
  expect(missed).toEqual([]);
});

test('each statement that were for everything would allow an act of the table', async () => {
  const harmless = /^(KeyGrants|OwnKey|OwnKeyGrants|Undelivered|SourceBucket\d?|BaselinesBucket|KeptBucket|CodeBucket)$/;
  const { tried, missed } = await unnoticed(
    statement => !isOpen(statement) && !harmless.test(statement.Sid ?? ''),
    statement => ({ ...statement, Resource: ['*'] }),
  );
  expect(tried).toBeGreaterThanOrEqual(25);
  expect(missed).toEqual([]);
});

test('without any one statement of a monitor\'s role something that it does in earnest fails', async () => {
  const unneeded: string[] = [];
  for (const role of roles) {
    const own = ALLOWED.filter(act => act.principal === role.arn);
    for (const { name, document: { Statement: statements } } of role.policies) {
      for (const [index, statement] of statements.entries()) {
        const about = own.filter(act => statement.Action.includes(act.action));
        const left = await allowedOf(without(policies, role, name, index), about);
        if (left.length === about.length) { unneeded.push(`${role.arn.split('/').pop()} ${statement.Sid}`); }
      }
    }
  }
  expect(unneeded).toEqual([]);
});
