import { ONCE } from './calls/seal';
import type { World } from './calls/world';
import { worldOf } from './deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import type { Policies } from '../../../testing/iam/policies';
import type { Request } from '../../../testing/iam/request';

jest.setTimeout(180_000);
afterAll(cleanUp);

let world: World;
beforeAll(() => { world = worldOf('gxp'); });

const object = (key: string): string => {
  const { evidenceBucket, place } = world.plan.governance.audit!;
  return `${world.bucket(evidenceBucket!, place)}/${key}`;
};
const RECORD = 'records/main/00000001.json';
const PUSH = 'pushes/churn/0123abc/1.json';

/** A write that does not ask for the key to be free. */
const OVER = { 's3:ObjectCreationOperation': 'true' };

/** The names of the roles that may make such a call. */
async function who(request: Omit<Request, 'principal'>, policies: Policies = world.policies): Promise<string[]> {
  const found: string[] = [];
  for (const principal of policies.roles.keys()) {
    if ((await evaluate(policies, { ...request, principal })).allowed) { found.push(principal.split('/').pop()!); }
  }
  return found.sort();
}

/** Every role may do everything, as far as its own policies go. */
const generous = (): Policies => ({
  ...world.policies,
  roles: new Map([...world.policies.roles].map(([arn, role]) => [arn, {
    ...role,
    policies: [...role.policies, {
      name: 'generous',
      document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Action: ['s3:*'], Resource: ['*'] }] },
    }],
  }])),
});

test('one role writes records, from another account, and only where nothing is yet', async () => {
  expect(await who({ action: 's3:PutObject', resource: object(RECORD), context: ONCE })).toEqual(['churn-recorder']);
  expect(await who({ action: 's3:PutObject', resource: object(RECORD), context: OVER })).toEqual([]);
  expect(await who({ action: 's3:PutObject', resource: object('elsewhere/1.json'), context: ONCE })).toEqual([]);
});

test('pushes are written by what sees them, and by nothing that decides', async () => {
  const found = await who({ action: 's3:PutObject', resource: object(PUSH), context: ONCE });
  expect(found).toContain('churn-recorder');
  expect(found.filter(name => !/gate|recorder/.test(name))).toEqual([]);
  expect(found.length).toBeGreaterThan(1);
});

test('records are read by who approves, who deploys and who records', async () => {
  const found = await who({ action: 's3:GetObject', resource: object(RECORD) });
  expect(found).toEqual(expect.arrayContaining(['churn-main-approver', 'churn-main-deployrunner', 'churn-recorder']));
  expect(found.filter(name => /build$|pipeline$|training|processing|model$/.test(name))).toEqual([]);
});

test('approvers see the reports of their own group, and no model', async () => {
  const { build } = world.plan.groups.find(({ name }) => name === 'main')!;
  const below = `${world.bucket(build.artifactBucket, build.place)}/${build.pipelineName}`;
  const read = async (key: string) => who({ action: 's3:GetObject', resource: `${below}/${key}` });
  expect(await read('runs/1/evaluation.json')).toContain('churn-main-approver');
  expect(await read('runs/1/evaluation.json')).not.toContain('churn-dev-approver');
  expect(await read('models/1/model.tar.gz')).not.toContain('churn-main-approver');
  expect(await read('runs/1/train.parquet')).not.toContain('churn-main-approver');
});

test.each([
  ['replaces a record', 's3:PutObject', RECORD],
  ['removes a record', 's3:DeleteObject', RECORD],
  ['removes a version of one', 's3:DeleteObjectVersion', RECORD],
  ['shortens its lock', 's3:PutObjectRetention', RECORD],
  ['lifts its lock', 's3:BypassGovernanceRetention', RECORD],
  ['holds it', 's3:PutObjectLegalHold', RECORD],
  ['replaces a push', 's3:PutObject', PUSH],
  ['removes a push', 's3:DeleteObject', PUSH],
])('nobody %s, whatever roles may some day', async (_, action, key) => {
  expect(await who({
    action, resource: object(key), ...(action === 's3:PutObject' ? { context: OVER } : {}),
  }, generous())).toEqual([]);
});

test('nobody but the writers adds evidence, whatever roles may some day', async () => {
  const put = async (key: string) => who({ action: 's3:PutObject', resource: object(key), context: ONCE }, generous());
  expect(await put(RECORD)).toEqual(['churn-recorder']);
  expect((await put('other/1')).filter(name => !/gate|recorder/.test(name))).toEqual([]);
});
