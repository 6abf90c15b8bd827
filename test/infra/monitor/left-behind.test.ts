import { castOf } from './cast';
import { cleanUp } from '../../../testing/deliveries/synth';
import { document, type IamRole, type Policies } from '../../../testing/iam/policies';
import { type Act, acts, type Case, succeeds } from '../govern/attacks/acts';
import { worldOf } from '../iam/deliveries';
import { show } from '../iam/table';

/** What deployments leave for monitors: nobody else may write it, and nobody changes who answered when. */
jest.setTimeout(400_000);
afterAll(cleanUp);

const world = worldOf('monitored');
const { policies } = world;
const { each, allBut, all } = castOf(world);

const case_ = (name: string, ...list: Act[][]): Case => ({ name, acts: list.flat() });
const ONCE = { 's3:if-none-match': '*' };
const baseline = (bucket: string) => `${bucket}/baselines/churn/7/statistics.json`;
const record = (bucket: string) => `${bucket}/deployments/20260101T000110Z-7.json`;

const FORBIDDEN = [
  case_('write a baseline as anybody but the preparation', ...each.map(e => acts(
    allBut(e.publish), 's3:PutObject', baseline(e.deployments),
  ))),
  case_('say which version answered as anybody but the deployment', ...each.map(e => acts(
    allBut(e.publish), 's3:PutObject', record(e.deployments), ONCE,
  ))),
  case_('change a record', ...each.map(e => acts(all, 's3:PutObject', record(e.deployments)))),
  case_('remove a baseline or a record', ...each.map(e => acts(
    all, ['s3:DeleteObject', 's3:DeleteObjectVersion'], [baseline(e.deployments), record(e.deployments)],
  ))),
];

async function allowedOf(given: Policies, tried: readonly Act[]): Promise<string[]> {
  const found: string[] = [];
  for (const act of tried) {
    if (await succeeds(given, act)) { found.push(show(act)); }
  }
  return found;
}

test.each(FORBIDDEN.map(({ name, acts: tried }) => [name, tried] as const))('nobody can %s', async (_, tried) => {
  expect(tried.length).toBeGreaterThan(20);
  expect(await allowedOf(policies, tried)).toEqual([]);
});

test('the deployment itself can, once', async () => {
  for (const e of each) {
    const meant = [
      ...acts([e.publish], 's3:PutObject', record(e.deployments), ONCE),
      ...acts([e.publish], 's3:PutObject', baseline(e.deployments)),
    ];
    expect(await allowedOf(policies, meant)).toHaveLength(2);
  }
});

test('without its condition a record could be changed, which the table notices', async () => {
  const [{ publish, deployments }] = each;
  const role = policies.roles.get(publish)!;
  const loose: IamRole = {
    ...role, policies: role.policies.map(p => ({
      ...p, document: document({
        ...p.document, Statement: p.document.Statement.map(({ Condition, ...s }) => (
          s.Sid === 'Record' ? s : { ...s, ...(Condition ? { Condition } : {}) })),
      }),
    })),
  };
  const changed = { ...policies, roles: new Map([...policies.roles, [publish, loose]]) };
  expect(await allowedOf(changed, acts(all, 's3:PutObject', record(deployments)))).toHaveLength(1);
});
