import { worldOf } from './deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';
import { type Judge, startJudge } from '../../../testing/iam/judge';

jest.setTimeout(180_000);

let judge: Judge;
beforeAll(async () => { judge = await startJudge(worldOf('default').policies); });
afterAll(async () => {
  await judge.stop();
  cleanUp();
});

interface Said { readonly allowed: boolean; readonly reason: string }
interface Answer extends Said { readonly calls: readonly Said[]; readonly error?: string }

async function ask(question: unknown): Promise<{ readonly status: number; readonly body: Answer }> {
  const response = await fetch(`${judge.url}/evaluate`, {
    method: 'POST', body: typeof question === 'string' ? question : JSON.stringify(question),
  });
  return { status: response.status, body: await response.json() as Answer };
}

const ACCOUNT = '111111111111';
const build = `arn:aws:iam::${ACCOUNT}:role/churn-main-build`;
const pipeline = `arn:aws:sagemaker:eu-west-1:${ACCOUNT}:pipeline/churn-main`;
const object = `arn:aws:s3:::churn-main-artifacts-${ACCOUNT}-eu-west-1/churn-main/code/x`;

test('calls that are allowed, with the statements that allow them, the key\'s too', async () => {
  const { status, body } = await ask({
    principal: build, calls: [
      { action: 'sagemaker:UpdatePipeline', resource: pipeline }, { action: 's3:PutObject', resource: object },
    ],
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ allowed: true, calls: [{ allowed: true }, { allowed: true }] });
  expect(body.calls[0].reason).toContain('identity plan Pipeline');
  expect(body.calls[1].reason).toMatch(/s3:PutObject.*kms:GenerateDataKey.*identity plan OwnKey/);
});

test('one call that is denied denies the whole', async () => {
  const approve = {
    action: 'sagemaker:UpdateModelPackage',
    resource: `arn:aws:sagemaker:eu-west-1:${ACCOUNT}:model-package/churn-main/1`,
    context: { 'sagemaker:ModelApprovalStatus': 'Approved' },
  };
  const { body } = await ask({
    principal: build, calls: [{ action: 'sagemaker:UpdatePipeline', resource: pipeline }, approve],
  });
  expect(body).toMatchObject({ allowed: false, calls: [{ allowed: true }, { allowed: false }] });
  expect(body.reason).toContain('Explicit denial: identity NeverApprove');
});

test('a session has the rights of its role', async () => {
  const session = `arn:aws:sts::${ACCOUNT}:assumed-role/churn-main-build/model-build`;
  expect((await ask({
    principal: session, calls: [{ action: 'sagemaker:DescribePipeline', resource: pipeline }],
  })).body.allowed).toBe(true);
});

test('services are asked about too', async () => {
  const call = { action: 'sts:AssumeRole', resource: build };
  expect((await ask({ principal: 'sagemaker.amazonaws.com', calls: [call] })).body.allowed).toBe(false);
  const trusted = {
    action: 'sts:AssumeRole', resource: `arn:aws:iam::${ACCOUNT}:role/churn-main-training`, context: {
      'aws:SourceAccount': ACCOUNT,
    },
  };
  expect((await ask({ principal: 'sagemaker.amazonaws.com', calls: [trusted] })).body.allowed).toBe(true);
});

test('a call or a role that does not exist is not allowed, and it says so', async () => {
  expect((await ask({
    principal: build, calls: [{ action: 'sagemaker:Guess', resource: pipeline }],
  })).body).toMatchObject({ allowed: false, reason: expect.stringContaining('invalid.action') });
  expect((await ask({
    principal: `${build}x`, calls: [{ action: 's3:GetObject', resource: object }],
  })).body).toMatchObject({ allowed: false, reason: expect.stringContaining('no template has the role') });
});

test.each([
  ['{', 'JSON'], [{ calls: [{ action: 's3:GetObject', resource: object }] }, 'principal'],
  [{ principal: build, calls: [] }, 'at least one call'],
  [{ principal: build, calls: [{ action: 's3:GetObject' }] }, 'an action and a resource'],
])('a question that is none is refused: %j', async (question, message) => {
  const { status, body } = await ask(question);
  expect(status).toBe(400);
  expect(body.error).toContain(message);
});

test('the roles are listed, other paths are not known', async () => {
  const { roles } = await (await fetch(`${judge.url}/roles`)).json() as {
    roles: { arn: string; account: string; stack: string }[];
  };
  expect(roles).toContainEqual({ arn: build, account: ACCOUNT, stack: 'churn-main-build' });
  expect((await fetch(`${judge.url}/evaluate`)).status).toBe(404);
});

test('of somebody outside, only the trust of a role decides', async () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/churn-main-approver`;
  const take = async (principal: string, context: object): Promise<boolean> => (await ask({
    principal, outsider: true, calls: [{ action: 'sts:AssumeRole', resource: role, context }],
  })).body.allowed;
  const user = `arn:aws:iam::${ACCOUNT}:user/ana`;
  expect(await take(user, { 'aws:MultiFactorAuthPresent': 'true' })).toBe(true);
  expect(await take(user, {})).toBe(false);
  expect(await take('arn:aws:iam::888888888888:user/ana', { 'aws:MultiFactorAuthPresent': 'true' })).toBe(false);
  const known = await ask({ principal: build, outsider: true, calls: [{ action: 'sts:AssumeRole', resource: role }] });
  expect(known).toMatchObject({ status: 400, body: { error: `${build} is a role of the delivery` } });
});
