import { worldOf } from './deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';

jest.setTimeout(180_000);
afterAll(cleanUp);

const VIA_S3 = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
const [OWN, FOREIGN] = ['222222222222', '888888888888'].map(account =>
  `arn:aws:kms:eu-west-1:${account}:key/01234567-89ab-cdef-0123-456789abcdef`);

describe.each([['of the account', OWN], ['of another account', FOREIGN]])('a key of training data %s', (_, key) => {
  test.each([
    ['a training job decrypts through S3', 0, 'training', 'kms:Decrypt', VIA_S3, true],
    ['a processing job decrypts through S3', 0, 'processing', 'kms:Decrypt', VIA_S3, true],
    ['a job does not decrypt by itself', 0, 'training', 'kms:Decrypt', {}, false],
    ['a job does not decrypt through S3 of another region', 0, 'training', 'kms:Decrypt', {
      'kms:ViaService': 's3.us-east-1.amazonaws.com',
    }, false],
    ['a job does not decrypt through another service', 0, 'training', 'kms:Decrypt', {
      'kms:ViaService': 'ssm.eu-west-1.amazonaws.com',
    }, false],
    ['a job does not encrypt', 0, 'training', 'kms:GenerateDataKey', VIA_S3, false],
    ['a job gives no grants', 0, 'training', 'kms:CreateGrant', { 'kms:GrantIsForAWSResource': 'true' }, false],
    ['the pipeline does not decrypt', 0, 'pipeline', 'kms:Decrypt', VIA_S3, false],
    ['the build does not decrypt', 0, 'build', 'kms:Decrypt', VIA_S3, false],
    ['a job of another group does not decrypt', 1, 'training', 'kms:Decrypt', VIA_S3, false],
    ['whoever else is in the account does not decrypt', 0, 'approver', 'kms:Decrypt', VIA_S3, false],
  ] as const)('%s', async (__, group, role, action, context, expected) => {
    const world = worldOf('sevenAccounts');
    const principal = world.role(world.plan.groups[group].roles[role]);
    expect((await evaluate(world.policies, { principal, action, resource: key, context })).allowed).toBe(expected);
  });
});

test('a key of another account stays closed without the statement that the guide prints', async () => {
  const world = worldOf('sevenAccounts');
  const resources = new Map(world.policies.resources);
  resources.delete(FOREIGN);
  const principal = world.role(world.plan.groups[0].roles.training);
  const request = { principal, action: 'kms:Decrypt', resource: FOREIGN, context: VIA_S3 };
  expect((await evaluate({ ...world.policies, resources }, request)).allowed).toBe(false);
});
