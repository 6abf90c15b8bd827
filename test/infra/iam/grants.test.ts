import { worldOf } from './deliveries';
import { show } from './table';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';

jest.setTimeout(180_000);
afterAll(cleanUp);

test.each(['default', 'sevenAccounts'])('in "%s" no role grants anybody else the use of a key', async name => {
  const world = worldOf(name);
  const wrong: string[] = [];
  for (const { arn: resource, account } of world.resourcesOf('AWS::KMS::Key')) {
    for (const role of [...world.policies.roles.values()].filter(r => r.account === account)) {
      const request = { principal: role.arn, action: 'kms:CreateGrant', resource };
      for (const context of [undefined, { 'kms:GrantIsForAWSResource': 'false' }]) {
        if ((await evaluate(world.policies, { ...request, context })).allowed) { wrong.push(show(request)); }
      }
    }
  }
  expect(wrong).toEqual([]);
});
