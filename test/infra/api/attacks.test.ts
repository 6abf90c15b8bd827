import {
  administratorAttacks, allowedActs, endpointAttacks, neighbourAttacks, releaseAttacks, requestAttacks,
} from './attacks';
import { castOf } from './cast';
import { cleanUp } from '../../../testing/deliveries/synth';
import { document, type IamRole, type Policies } from '../../../testing/iam/policies';
import { type Act, type Case, governedPolicies, succeeds } from '../govern/attacks/acts';
import { worldOf } from '../iam/deliveries';
import { show, without } from '../iam/table';

jest.setTimeout(400_000);
afterAll(cleanUp);

const world = worldOf('apis');
const policies = governedPolicies(world);
const cast = castOf(world);
const TABLE: readonly Case[] = [
  ...releaseAttacks(cast), ...neighbourAttacks(cast), ...endpointAttacks(cast), ...requestAttacks(cast),
  ...administratorAttacks(cast),
];
const ALLOWED = allowedActs(cast);

async function allowedOf(all: Policies, acts: readonly Act[]): Promise<string[]> {
  const found: string[] = [];
  for (const act of acts) {
    if (await succeeds(all, act)) { found.push(`${show(act)}${act.as ? ` (${act.as})` : ''}`); }
  }
  return found;
}

test('the table has many forbidden acts, each case once', () => {
  const names = TABLE.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(TABLE.filter(({ acts }) => acts.length === 0)).toEqual([]);
  expect(TABLE.flatMap(({ acts }) => acts).length).toBeGreaterThan(2000);
});

test.each(TABLE.map(({ name, acts }) => [name, acts] as const))('nobody can %s', async (_, acts) => {
  expect(await allowedOf(policies, acts)).toEqual([]);
});

test.each(ALLOWED)('allowed, also by the organization: %s', async (_, act) => {
  expect(await succeeds(policies, act)).toBe(true);
  expect(await succeeds(policies, { ...act, as: 'governed administrator' })).toBe(true);
});

/** Roles around APIs, and those that their grants were added to. */
const AROUND = /-(apihandler|apigateway|apihooks|apishift|apirelease|apipredictions|retire|cloudformation|publish)$/;

/** The policies with one statement of a role widened to everything of its service. */
function widened(role: IamRole, policy: string, index: number): Policies {
  const changed: IamRole = {
    ...role, policies: role.policies.map(p => (p.name === policy ? {
      ...p, document: document({
        ...p.document, Statement: p.document.Statement.map(({ Condition: condition, ...s }, i) => (i === index
          ? { ...s, Resource: ['*'] } : { ...s, ...(condition ? { Condition: condition } : {}) })),
      }),
    } : p)),
  };
  return { ...policies, roles: new Map([...policies.roles, [role.arn, changed]]) };
}

/** Actions that the table is about. */
const ABOUT = /^(lambda:(InvokeFunction|UpdateAlias|DeleteFunction|PublishVersion)|firehose:PutRecordBatch|codedeploy:(CreateDeployment|PutLifecycleEventHookExecutionStatus)|sagemaker:(InvokeEndpoint|InvokeEndpointAsync|DeleteEndpoint))$/;

test('a grant that were for everything would be noticed', async () => {
  const unnoticed: string[] = [];
  let tried = 0;
  for (const role of [...policies.roles.values()].filter(({ arn }) => /-main-prod-/.test(arn) && AROUND.test(arn))) {
    const own = TABLE.flatMap(({ acts }) => acts).filter(act => act.principal === role.arn && !act.as);
    for (const { name, document: { Statement: statements } } of role.policies) {
      for (const [index, statement] of statements.entries()) {
        if (statement.Effect !== 'Allow' || !statement.Action.some(action => ABOUT.test(action))) { continue; }
        tried += 1;
        const about = own.filter(act => statement.Action.includes(act.action));
        if ((await allowedOf(widened(role, name, index), about)).length === 0) {
          unnoticed.push(`${role.arn.split('/').pop()} ${statement.Sid}`);
        }
      }
    }
  }
  expect(tried).toBeGreaterThanOrEqual(12);
  expect(unnoticed).toEqual([]);
});

test('without any one statement of the organization about APIs, an administrator gets around the roles', async () => {
  const acts = TABLE.flatMap(({ acts: all }) => all).filter(act => act.as === 'governed administrator');
  const about = /^(Front|Shift|Serve)\d/;
  const unnoticed: string[] = [];
  const dropped: string[] = [];
  for (const control of policies.organization!) {
    for (const statement of control.Statement.filter(({ Sid }) => about.test(Sid ?? ''))) {
      dropped.push(statement.Sid!);
      const rest = control.Statement.filter(s => s !== statement);
      const organization = policies.organization!.map(d => (d === control ? { ...d, Statement: rest } : d))
        .filter(d => d.Statement.length > 0);
      if ((await allowedOf({ ...policies, organization }, acts)).length === 0) { unnoticed.push(statement.Sid!); }
    }
  }
  expect(dropped.sort()).toEqual(['Front0', 'Serve0', 'Shift0']);
  expect(unnoticed).toEqual([]);
});

test('without any one statement of a role around an API, something allowed fails', async () => {
  const acts = ALLOWED.map(([, act]) => act);
  let noticed = 0;
  for (const role of [...policies.roles.values()].filter(({ arn }) => AROUND.test(arn))) {
    const own = acts.filter(act => act.principal === role.arn);
    for (const act of own) {
      for (const { name, document: { Statement: statements } } of role.policies) {
        for (const [index, statement] of statements.entries()) {
          if (!statement.Action.includes(act.action) || statement.Effect !== 'Allow') { continue; }
          if (!await succeeds(without(policies, role, name, index), act)) { noticed += 1; }
        }
      }
    }
  }
  expect(noticed).toBeGreaterThanOrEqual(ALLOWED.length);
});
