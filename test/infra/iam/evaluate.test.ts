import { worldOf } from './deliveries';
import { cleanUp } from '../../../testing/deliveries/synth';
import { evaluate } from '../../../testing/iam/evaluate';
import { expand } from '../../../testing/iam/expand';
import { document, type Policies } from '../../../testing/iam/policies';
import type { Request } from '../../../testing/iam/request';
import { Resolver } from '../../../testing/iam/resolve';

jest.setTimeout(180_000);
afterAll(cleanUp);

const [A, B] = ['111111111111', '222222222222'];
const ROLE = `arn:aws:iam::${A}:role/reader`;
const BUCKET = 'arn:aws:s3:::models';
const KEY = `arn:aws:kms:eu-west-1:${B}:key/0123`;

/** A reader in one account, a bucket under a key in another. */
function twoAccounts(
  change: { readonly identity?: object[]; readonly bucket?: object[]; readonly key?: object[] } = {},
): Policies {
  const place = { region: 'eu-west-1', stack: 's', logicalId: 'x' };
  const policy = (statements: object[]) => document({ Version: '2012-10-17', Statement: statements });
  const onlyReader = {
    Principal: { AWS: `arn:aws:iam::${A}:root` }, Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } },
  };
  const identity = change.identity ?? [
    { Effect: 'Allow', Action: 's3:GetObject', Resource: `${BUCKET}/*` },
    {
      Effect: 'Allow', Action: 'kms:Decrypt', Resource: `arn:aws:kms:eu-west-1:${B}:key/*`,
      Condition: {
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/models' }, 'StringEquals': {
          'kms:ViaService': 's3.eu-west-1.amazonaws.com',
        },
      },
    },
  ];
  const common = { ...place, account: B, aliases: [], tags: {}, properties: {} };
  return {
    stacks: [],
    roles: new Map([[ROLE, {
      ...place, account: A, arn: ROLE, trust: policy([]), policies: [{ name: 'own', document: policy(identity) }],
      managedPolicies: [], suppressions: [],
    }]]),
    resources: new Map([
      [BUCKET, {
        ...common, arn: BUCKET, type: 'AWS::S3::Bucket', key: KEY,
        policy: policy(change.bucket
          ?? [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `${BUCKET}/*`, ...onlyReader }]),
      }],
      [KEY, {
        ...common, arn: KEY, type: 'AWS::KMS::Key', aliases: ['alias/models'],
        policy: policy(change.key ?? [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', ...onlyReader }]),
      }],
    ]),
  };
}

/** Reading an object with all that it takes. */
async function read(policies: Policies, principal = ROLE): Promise<boolean[]> {
  const requests: Request[] = expand(policies, {
    principal, action: 's3:GetObject', resource: `${BUCKET}/model.tar.gz`,
  });
  return Promise.all(requests.map(async r => (await evaluate(policies, r)).allowed));
}

describe('across accounts', () => {
  test('both sides and the key\'s must allow', async () => {
    expect(await read(twoAccounts())).toEqual([true, true]);
  });

  test.each([['identity', [false, false]], ['bucket', [false, true]], ['key', [true, false]]] as const)('without the '
    + 'policy of the %s it is denied', async (part, expected) => {
    const nothing = [{
      Effect: 'Allow', Action: 's3:GetBucketAcl', Resource: '*', ...(part === 'identity' ? {} : {
        Principal: { AWS: `arn:aws:iam::${A}:root` },
      }),
    }];
    expect(await read(twoAccounts({ [part]: nothing }))).toEqual(expected);
  });

  test('another role of the same account is denied', async () => {
    const policies = twoAccounts();
    const other = `arn:aws:iam::${A}:role/other`;
    const roles = new Map([...policies.roles, [other, { ...policies.roles.get(ROLE)!, arn: other }]]);
    expect(await read({ ...policies, roles }, other)).toEqual([false, false]);
  });

  test('a key with another alias, and a call that does not go through S3, are denied', async () => {
    const policies = twoAccounts();
    const renamed = new Map([...policies.resources, [KEY, {
      ...policies.resources.get(KEY)!, aliases: ['alias/others'],
    }]]);
    expect(await read({ ...policies, resources: renamed })).toEqual([true, false]);
    expect((await evaluate(policies, { principal: ROLE, action: 'kms:Decrypt', resource: KEY })).allowed).toBe(false);
  });
});

describe('one account', () => {
  let policies: Policies;
  beforeAll(() => { policies = worldOf('explicitAccount').policies; });
  const role = 'arn:aws:iam::111111111111:role/churn-main-build';
  const start: Request = {
    principal: role, action: 'sagemaker:StartPipelineExecution',
    resource: 'arn:aws:sagemaker:eu-central-1:111111111111:pipeline/churn-main',
  };

  test('the permissions boundary limits what the role\'s own policies allow', async () => {
    const boundary = policies.roles.get(role)!.boundary!;
    expect(boundary).toBe('arn:aws:iam::111111111111:policy/team/limit');
    expect((await evaluate(policies, start)).allowed).toBe(true);
    const onlyS3 = document({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } });
    expect(await evaluate(policies, start, { [boundary]: onlyS3 })).toMatchObject({
      allowed: false, reason: expect.stringContaining('pb'),
    });
  });

  test('it is said which statement allowed', async () => {
    expect(await evaluate(policies, start)).toMatchObject({
      allowed: true, granted: [{ by: 'identity', policy: 'plan', sid: 'Pipeline' }, {
        by: 'pb', policy: 'arn:aws:iam::111111111111:policy/team/limit',
      }],
    });
  });

  test('requests that AWS does not know are errors', async () => {
    await expect(evaluate(policies, { ...start, action: 'sagemaker:StartPipelines' })).rejects.toThrow(
      'invalid.action',
    );
    await expect(evaluate(policies, {
      ...start, resource: 'arn:aws:sagemaker:eu-central-1:111111111111:model/x',
    })).rejects.toThrow('no.resource.types');
    await expect(evaluate(policies, { ...start, context: { 'sagemaker:Guess': 'x' } })).rejects.toThrow(
      'has no condition key sagemaker:Guess',
    );
  });

  test('without TLS nothing is read', async () => {
    const bucket = 'arn:aws:s3:::churn-main-artifacts-111111111111-eu-central-1';
    expect((await evaluate(policies, { principal: role, action: 's3:ListBucket', resource: bucket })).allowed).toBe(
      true,
    );
    expect((await evaluate(policies, {
      principal: role, action: 's3:ListBucket', resource: bucket, context: { 'aws:SecureTransport': 'false' },
    })).allowed).toBe(false);
    expect((await evaluate(policies, {
      principal: role, action: 's3:ListBucket', resource: bucket, context: { 's3:TlsVersion': '1.1' },
    })).allowed).toBe(false);
  });
});

describe('intrinsic functions', () => {
  const resolver = new Resolver({
    name: 'shop', account: A, region: 'eu-west-1',
    template: {
      Parameters: { Size: { Type: 'String', Default: 'small' } },
      Resources: {
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Sub': 'data-${AWS::AccountId}' } } },
        Queue: { Type: 'AWS::SQS::Queue' },
        Unknown: { Type: 'AWS::New::Thing' },
      },
    },
  }, name => `value of ${name}`);

  test.each([
    [{ Ref: 'Bucket' }, 'data-111111111111'],
    [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::data-111111111111'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:eu-west-1:111111111111:shop-Queue'],
    [{ 'Fn::Join': ['/', [{ Ref: 'Bucket' }, '*']] }, 'data-111111111111/*'],
    [
      { 'Fn::Sub': ['${Bucket.Arn}/${own}-${!aws:username}-${AWS::Region}', { own: { Ref: 'Size' } }] },
      'arn:aws:s3:::data-111111111111/small-${aws:username}-eu-west-1',
    ],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b'] }] }, 'b'],
    [{ 'Fn::ImportValue': 'there' }, 'value of there'],
    [{ 'Fn::If': ['Condition', 'yes', 'no'] }, 'yes'],
    [{ a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
  ])('%j', (given, expected) => {
    expect(resolver.value(given)).toEqual(expected);
  });

  test('what is not known is an error, never a guess', () => {
    expect(() =>
      resolver.value({ 'Fn::GetAtt': ['Unknown', 'Arn'] })).toThrow('the attribute Arn of Unknown is not known');
    expect(() => resolver.value({ 'Fn::Cidr': [] })).toThrow('uses Fn::Cidr');
    expect(() => resolver.value({ Ref: 'Nothing' })).toThrow('has no resource Nothing');
  });
});
