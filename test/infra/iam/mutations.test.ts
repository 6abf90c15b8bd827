import { worldOf } from './deliveries';
import { decideAll, without } from './table';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';

jest.setTimeout(180_000);
afterAll(cleanUp);

/** Deliveries that have every kind of statement between them. */
const MUTATED = ['default', 'explicitAccount', 'gitLab', 'sevenAccounts', 'twoRegions', 'sharedAccounts', 'apis'];

describe.each(MUTATED)('%s', name => {
  test('without any one of its statements something does not work any more', async () => {
    const { policies } = worldOf(name);
    const table = await decideAll(worldOf(name));
    const superfluous: string[] = [];
    for (const role of policies.roles.values()) {
      const own = table.filter(d => d.request.principal === role.arn);
      for (const { name: policy, document } of role.policies) {
        for (const [index, statement] of document.Statement.entries()) {
          if (statement.Effect !== 'Allow') { continue; }
          // Only what this statement allows can be lost with it.
          const touched = own.filter(({ answer }) => answer.granted.some(g => g.by === 'identity' && g.policy === policy
            && g.index === index));
          const mutated = without(policies, role, policy, index);
          let noticed = false;
          for (const { request } of touched) {
            noticed = noticed || !(await evaluate(mutated, request)).allowed;
          }
          if (!noticed) {
            superfluous.push(
              `${role.arn.split('/').pop()}: ${statement.Sid ?? index} (${statement.Action.join(', ')})`,
            );
          }
        }
      }
    }
    expect(superfluous).toEqual([]);
  });

  test('every action of every statement is called', async () => {
    const { policies } = worldOf(name);
    const table = await decideAll(worldOf(name));
    const unused = [...policies.roles.values()].flatMap(role => {
      const called = new Set(table.filter(d => d.request.principal === role.arn).map(d => d.request.action));
      const actions = role.policies.flatMap(p =>
        p.document.Statement).filter(s => s.Effect === 'Allow').flatMap(s => s.Action);
      return [...new Set(actions)].filter(action =>
        !called.has(action)).map(action => `${role.arn.split('/').pop()}: ${action}`);
    });
    expect(unused).toEqual([]);
  });
});
