import { cleanUp } from '../../../testing/deliveries/synth';
import type { IamRole, Policies, PolicyDocument, Statement } from '../../../testing/iam/policies';
import { makeWorld } from '../iam/deliveries';
import { show } from '../iam/table';
import { type Act, type Case, governedPolicies, succeeds } from './attacks/acts';
import { castOf } from './attacks/cast';
import { otherMoves } from './attacks/moves';
import { evidenceAttacks, registryAttacks, updates } from './attacks/registry';
import { GOVERNED } from './attacks/sign-ins';
import { deploymentAttacks, evidenceStoreAttacks } from './attacks/surroundings';

jest.setTimeout(400_000);
afterAll(cleanUp);

const world = makeWorld(GOVERNED);
const policies = governedPolicies(world);
const cast = castOf(world);
const TABLE: readonly Case[] = [
  ...registryAttacks(cast), ...otherMoves(cast), ...deploymentAttacks(cast), ...evidenceStoreAttacks(cast),
];
const EVIDENCE = evidenceAttacks(cast);
const ALLOWED = updates(cast);

async function allowedOf(all: Policies, acts: readonly Act[]): Promise<string[]> {
  const found: string[] = [];
  for (const act of acts) {
    if (await succeeds(all, act)) { found.push(`${show(act)}${act.as ? ` (${act.as})` : ''}`); }
  }
  return found;
}

async function isNoticed(changed: Policies, acts: readonly Act[]): Promise<boolean> {
  for (const act of acts) {
    if (await succeeds(changed, act)) { return true; }
  }
  return false;
}

test('the table has many forbidden acts, each of them once', () => {
  expect(TABLE.length).toBeGreaterThanOrEqual(60);
  const names = [...TABLE, ...EVIDENCE].map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(TABLE.filter(({ acts }) => acts.length === 0).map(({ name }) => name)).toEqual([]);
});

test.each(TABLE.map(({ name, acts }) => [name, acts] as const))('nobody can %s', async (_, acts) => {
  expect(await allowedOf(policies, acts)).toEqual([]);
});

test.each(EVIDENCE.map(({ name, acts }) => [name, acts] as const))('denied: %s', async (_, acts) => {
  expect(await allowedOf(policies, acts)).toEqual([]);
});

test.each(ALLOWED)('allowed, also by the organization: %s', async (_, act) => {
  expect(await succeeds(policies, act)).toBe(true);
  expect(await succeeds(policies, { ...act, as: 'governed administrator' })).toBe(true);
});

/** Statements of a role that are about versions, and the acts that they stand against. */
const UPDATE = /^sagemaker:(Update|Create)ModelPackage$/;
const registryActs = [...TABLE, ...EVIDENCE].flatMap(({ acts }) => acts).filter(act => UPDATE.test(act.action));

function changedRole(role: IamRole, change: (statement: Statement) => Statement | undefined, of: Statement): Policies {
  const edit = (document: PolicyDocument): PolicyDocument => ({
    ...document, Statement: document.Statement.flatMap(s => (s === of ? change(s) ?? [] : [s])),
  });
  const changed = { ...role, policies: role.policies.map(p => ({ ...p, document: edit(p.document) })) };
  return { ...policies, roles: new Map([...policies.roles, [role.arn, changed]]) };
}

const STATEMENTS = [...policies.roles.values()].flatMap(role => role.policies.flatMap(({ document }) =>
  document.Statement.filter(s => s.Action.some(action => UPDATE.test(action))).map(statement => ({ role, statement }))));

test('without any one condition of whoever updates versions, something forbidden is allowed', async () => {
  const unnoticed: string[] = [];
  let tried = 0;
  // The other group's roles are made by the same code.
  const covered = new Set(ALLOWED.map(([, { principal }]) => principal));
  const updaters = STATEMENTS.filter(({ role, statement }) => covered.has(role.arn) && statement.Effect === 'Allow');
  for (const { role, statement } of updaters) {
    const own = registryActs.filter(act => act.principal === role.arn);
    for (const [operator, tests] of Object.entries(statement.Condition ?? {})) {
      for (const key of Object.keys(tests)) {
        const rest = Object.fromEntries(Object.entries(tests).filter(([other]) => other !== key));
        tried += 1;
        const changed = changedRole(role, s => ({ ...s, Condition: { ...s.Condition, [operator]: rest } }), statement);
        const about = own.filter(({ context = {} }) => !key.includes('CustomerMetadata') || key in context);
        if (!await isNoticed(changed, about)) {
          unnoticed.push(`${role.arn.split('/').pop()} ${statement.Sid}: ${operator} ${key}`);
        }
      }
    }
  }
  expect(tried).toBeGreaterThan(300);
  // Whoever seals is denied it twice: no policy of another hand lets the sealer decide (NeverDecide).
  expect(unnoticed).toEqual([
    'churn-main-sealer Record: Null sagemaker:ModelApprovalStatus',
    'churn-main-sealer Begin: Null sagemaker:ModelApprovalStatus',
  ]);
});

test('without any one denial of those who build and seal, a widened role decides', async () => {
  const acts = [...TABLE].flatMap(({ acts: all }) => all).filter(act => act.as === 'widened');
  const denials = [...policies.roles.values()].flatMap(role => role.policies.flatMap(({ document }) =>
    document.Statement.filter(s => s.Effect === 'Deny' && /^Never/.test(s.Sid ?? '')).map(statement => ({
      role, statement,
    })))).filter(({ role }) => /-main-(build|pipeline|sealer)$/.test(role.arn));
  expect(denials.map(({ statement }) => statement.Sid).sort()).toEqual([
    'NeverApprove', 'NeverApprove', 'NeverDecide', 'NeverMove', 'NeverMove', 'NeverServe', 'NeverServe',
  ]);
  const unnoticed: string[] = [];
  for (const { role, statement } of denials.filter(d => d.statement.Sid !== 'NeverServe')) {
    const own = acts.filter(act => act.principal === role.arn);
    if (!await isNoticed(changedRole(role, () => undefined, statement), own)) {
      unnoticed.push(`${role.arn}: ${statement.Sid}`);
    }
  }
  expect(unnoticed).toEqual([]);
});

test('without any one service control policy statement, an administrator gets around the roles', async () => {
  const acts = TABLE.flatMap(({ acts: all }) => all).filter(act => act.as === 'governed administrator');
  const unnoticed: string[] = [];
  for (const document of policies.organization!) {
    for (const statement of document.Statement) {
      const rest = document.Statement.filter(s => s !== statement);
      const organization = policies.organization!.map(d => (d === document ? { ...d, Statement: rest } : d))
        .filter(d => d.Statement.length > 0);
      if (!await isNoticed({ ...policies, organization }, acts)) { unnoticed.push(statement.Sid!); }
    }
  }
  expect(unnoticed).toEqual([]);
});

test('without any one denial of the buckets of evidence and artifacts, something kept is changed', async () => {
  const acts = TABLE.flatMap(({ acts: all }) => all).filter(act => act.action.startsWith('s3:'));
  const buckets = [cast.evidence, cast.artifacts(cast.main)].map(arn => policies.resources.get(arn)!);
  const unnoticed: string[] = [];
  for (const bucket of buckets) {
    const own = acts.filter(({ resource }) => resource.startsWith(bucket.arn));
    for (const statement of bucket.policy!.Statement.filter(s => s.Effect === 'Deny')) {
      const policy = { ...bucket.policy!, Statement: bucket.policy!.Statement.filter(s => s !== statement) };
      const resources = new Map([...policies.resources, [bucket.arn, { ...bucket, policy }]]);
      if (!await isNoticed({ ...policies, resources }, own)) { unnoticed.push(`${bucket.arn} ${statement.Sid}`); }
    }
  }
  // What holds for a folder of evidence holds for the whole bucket, too (NobodyElseWrites, NobodyRemoves).
  expect(unnoticed).toEqual(['Records', 'Pushes'].flatMap(folder => ['OneWriter', 'NothingRemoved'].map(kind =>
    `${cast.evidence} ${folder}WriteOnce${kind}`)));
});
