import { worldOf } from './deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';

jest.setTimeout(180_000);
afterAll(cleanUp);

test.each([
  ['the group whose data it is', 0, 'dev-data', 'churn', true],
  ['the group whose data it is', 0, 'dev-data', 'churn/', false],
  ['the group whose data it is', 0, 'dev-data', '', false],
  ['the group whose data it is', 0, 'other-data', 'churn', false],
  ['another group', 1, 'dev-data', 'churn', false],
])('the build role of %s (%d) lists %s below "%s": %p', async (_, index, bucket, prefix, expected) => {
  const world = worldOf('twoGroups');
  const group = world.plan.groups[index];
  const { allowed } = await evaluate(world.policies, {
    principal: world.role(group.roles.build), action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`,
    context: { 's3:prefix': prefix },
  });
  expect(allowed).toBe(expected);
});
