import * as fs from 'node:fs';
import * as path from 'node:path';
import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { Template } from 'aws-cdk-lib/assertions';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';
import { text } from './policies';
import { infra } from '../../src';
import type { PromotionOptions } from '../../src/options/promotion';
import { cleanUp, type Json, resources, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);
// The evaluator takes long to start.
jest.setTimeout(120_000);

const SOURCE = { account: '111111111111', region: 'eu-west-1' };
const TARGET = { account: '222222222222', region: 'us-east-1' };
const BASE: PromotionOptions = {
  sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package-group/churn',
  targetBucketName: 'copies', targetModelPackageGroupName: 'churn-prod',
};
const KEY = 'arn:aws:kms:us-east-1:222222222222:key/0123abcd-0000-0000-0000-000000000000';
/** Key of the pipeline itself. */
const OWN_KEY_ARN = 'arn:aws:kms:us-east-1:222222222222:key/own';
const ARTIFACT = 'arn:aws:s3:::artifacts/train/model.tar.gz';
const COPY = 'arn:aws:s3:::copies/model-packages/111111111111/eu-west-1/churn/1/0123456789abcdef/0/model.tar.gz';

/** What the tools were seen to call, by their own tests. */
const CALLS = JSON.parse(
  fs.readFileSync(path.resolve(__dirname, '..', '..', 'tools', 'tests', 'promotion_calls.json'), 'utf-8'),
) as string[];

interface Right {
  readonly action: string; readonly resource: string; readonly context?: {
    readonly [key: string]: string;
  };
}

const viaS3 = (region: string, more: { readonly [key: string]: string } = {}) => ({
  'kms:ViaService': `s3.${region}.amazonaws.com`, ...more,
});
const ours = viaS3(TARGET.region, { 'kms:EncryptionContext:aws:s3:arn': COPY });
const read: Right[] = [
  { action: 's3:GetObject', resource: ARTIFACT, context: { 's3:ResourceAccount': SOURCE.account } },
  { action: 'kms:Decrypt', resource: 'arn:aws:kms:eu-west-1:111111111111:key/source', context: viaS3(SOURCE.region) },
];
const encrypt: Right = { action: 'kms:GenerateDataKey', resource: KEY, context: ours };
const decrypt: Right = { action: 'kms:Decrypt', resource: KEY, context: ours };
const creation = { 's3:ObjectCreationOperation': 'true' };
const write: Right = { action: 's3:PutObject', resource: COPY, context: { ...creation, 's3:if-none-match': '*' } };
/** A part of an upload, or its beginning. */
const writePart: Right = { ...write, context: { 's3:ObjectCreationOperation': 'false' } };
const package_ = (of: typeof SOURCE, name: string) =>
  `arn:aws:sagemaker:${of.region}:${of.account}:model-package/${name}/1`;
const image = (region: string) => ({
  action: 'ecr:BatchGetImage', resource: `arn:aws:ecr:${region}:111111111111:repository/team/churn`,
});

/**
 * The rights that each call needs (S3, SageMaker and ECR API references, and their pages in the service authorization
 * reference).
 */
const RIGHTS: { readonly [call: string]: readonly Right[] } = {
  'source ecr:BatchGetImage': [image(SOURCE.region)],
  'source s3:GetObject': read,
  'source s3:HeadObject': read,
  'source s3:ListObjectsV2': [{
    action: 's3:ListBucket', resource: 'arn:aws:s3:::artifacts', context: { 's3:ResourceAccount': SOURCE.account },
  }],
  'source sagemaker:DescribeModelPackage': [{
    action: 'sagemaker:DescribeModelPackage', resource: package_(SOURCE, 'churn'),
  }],
  'source sagemaker:ListModelPackages': [{
    action: 'sagemaker:ListModelPackages', resource: package_(SOURCE, 'churn'),
  }],
  'target ecr:BatchGetImage': [image(TARGET.region)],
  'target s3:AbortMultipartUpload': [{ action: 's3:AbortMultipartUpload', resource: COPY }],
  'target s3:CompleteMultipartUpload': [write, decrypt],
  'target s3:CreateMultipartUpload': [writePart, encrypt],
  'target s3:GetObject': [{ action: 's3:GetObject', resource: COPY }, decrypt],
  'target s3:HeadObject': [{ action: 's3:GetObject', resource: COPY }, decrypt, {
    action: 's3:ListBucket', resource: 'arn:aws:s3:::copies',
  }],
  'target s3:PutObject': [write, encrypt],
  'target s3:UploadPartCopy': [...read, writePart, encrypt, decrypt],
  'target sagemaker:CreateModelPackage': [{
    action: 'sagemaker:CreateModelPackage', resource: package_(TARGET, 'churn-prod'),
  }],
  'target sagemaker:DescribeModelPackage': [{
    action: 'sagemaker:DescribeModelPackage', resource: package_(TARGET, 'churn-prod'),
  }],
  'target sagemaker:ListModelPackages': [{
    action: 'sagemaker:ListModelPackages', resource: package_(TARGET, 'churn-prod'),
  }],
  'target sagemaker:UpdateModelPackage': [{
    action: 'sagemaker:UpdateModelPackage', resource: package_(TARGET, 'churn-prod'),
    context: { 'sagemaker:ModelApprovalStatus': 'Rejected' },
  }],
};

/** The evaluator knows no condition keys with variable parts but those after a slash. */
const renamed = <V>(keys: { readonly [key: string]: V }) =>
  Object.fromEntries(Object.entries(keys).map(([
    key, value,
  ]) => [key.replace('kms:EncryptionContext:', 'aws:RequestTag/encryption-context-'), value]));

/** A statement with what CloudFormation knows only later as text. */
function plain(statement: Json, roleArn: string): Json {
  // What is no ARN the evaluator takes for every resource.
  const named = (value: string) =>
    value.replace(/^<.*PromoterRole.*Arn>$/, roleArn).replace(/^<.*Key.*Arn>$/, OWN_KEY_ARN);
  const all = (value: Json): Json => [value].flat().map(text).map(named);
  const filled = (tests: Json) =>
    renamed(Object.fromEntries(Object.entries<Json>(tests).map(([key, value]) => [key, all(value)])));
  const conditions = Object.entries<Json>(statement.Condition
    ?? {}).map(([operator, tests]) => [operator, filled(tests)]);
  return {
    Sid: statement.Sid,
    Effect: statement.Effect,
    Action: all(statement.Action),
    Resource: all(statement.Resource ?? '*'),
    ...(statement.Condition ? { Condition: Object.fromEntries(conditions) } : {}),
    ...(statement.Principal ? { Principal: { AWS: all(statement.Principal.AWS) } } : {}),
  };
}

interface Sides {
  readonly roleArn: string; readonly role: Json[]; readonly source: {
    readonly [service: string]: Json[];
  };
}

function sides(props: PromotionOptions): Sides {
  const stack = new Stack(new App({ outdir: temporary() }), 'Target', { env: TARGET });
  const made = new infra.ModelPackagePromotePipeline(stack, 'Promotion', props);
  const role = resources(Template.fromStack(stack), 'AWS::IAM::Role').map(r =>
    r.Properties).find(p => p.AssumeRolePolicyDocument.Statement[0].Principal.Service === 'codebuild.amazonaws.com');
  const roleArn = `arn:aws:iam::${TARGET.account}:role/${role.RoleName as string}`;
  const access = made.sourceAccess('arn:aws:s3:::artifacts');
  const list = (statements: PolicyStatement[]) =>
    statements.map(s => plain(stack.resolve(s.toStatementJson()), roleArn));
  return {
    roleArn,
    role: role.Policies[0].PolicyDocument.Statement.map((s: Json) => plain(s, roleArn)),
    source: {
      sagemaker: list(access.modelPackageGroup), s3: list(access.bucket), kms: list(access.key),
      ecr: list(access.repository),
    },
  };
}

/** The default policy of a key leaves it to the account's own policies. */
const OWN_KEY = {
  Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${TARGET.account}:root` }, Action: ['kms:*'], Resource: ['*'],
};

async function allows({ roleArn, role, source }: Sides, right: Right): Promise<boolean> {
  const [, , service, , account] = right.resource.split(':');
  const owner = account || (right.resource.startsWith('arn:aws:s3:::artifacts') ? SOURCE.account : TARGET.account);
  const policy = (statements: Json[]) => ({ Version: '2012-10-17', Statement: statements });
  const simulation = {
    request: {
      principal: roleArn,
      action: right.action,
      resource: { resource: right.resource, accountId: owner },
      contextVariables: {
        'aws:PrincipalArn': roleArn, 'aws:PrincipalAccount': TARGET.account, 'aws:ResourceAccount': owner,
        ...renamed(right.context ?? {}),
      },
    },
    identityPolicies: [{ name: 'role', policy: policy(role) }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(owner === SOURCE.account ? { resourcePolicy: policy(source[service]) } : {}),
    ...(owner === TARGET.account && service === 'kms' ? { resourcePolicy: policy([OWN_KEY]) } : {}),
  } as unknown as Simulation;
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') {
    throw new Error(`${right.action} on ${right.resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult === 'Allowed';
}

const denied = async (of: Sides, rights: readonly Right[]): Promise<string[]> => {
  const answers = await Promise.all(rights.map(async right =>
    ((await allows(of, right)) ? [] : [`${right.action} ${right.resource}`])));
  return [...new Set(answers.flat())];
};

/** Each right once. */
const ALL = [...new Map(Object.values(RIGHTS).flat().map(right => [JSON.stringify(right), right])).values()];

test('the rights of every call that the tools make are known', () => {
  expect(Object.keys(RIGHTS)).toEqual(CALLS);
});

test.each<[string, PromotionOptions]>([['the bucket\'s own encryption', BASE], ['a given key', {
  ...BASE, kmsKeyArn: KEY,
}]])(
  'role and source let every call through (%s)', async (_, props) => {
    expect(await denied(sides(props), ALL)).toEqual([]);
  });

test('without any one statement of the source, or of the role for what is promoted, a call is denied', async () => {
  const all = sides(BASE);
  const promotion = all.role.filter((s: Json) => s.Effect === 'Allow' && /^(Source|Target|Images)/.test(s.Sid));
  expect(promotion).toHaveLength(10);
  for (const { Sid } of promotion) {
    const without = { ...all, role: all.role.filter((s: Json) => s.Sid !== Sid) };
    expect([Sid, (await denied(without, ALL)).length]).toEqual([Sid, expect.any(Number)]);
    expect((await denied(without, ALL)).length).toBeGreaterThan(0);
  }
  for (const [service, statements] of Object.entries(all.source)) {
    for (const left of statements) {
      const less = statements.filter(s => s !== left);
      const without = {
        ...all, source: { ...all.source, [service]: less.length > 0 ? less : [{ ...left, Effect: 'Deny' }] },
      };
      expect((await denied(without, ALL)).length).toBeGreaterThan(0);
    }
  }
});

test.each<[string, Right]>([
  ['reads buckets of a third account', {
    action: 's3:GetObject', resource: 'arn:aws:s3:::others/secret', context: { 's3:ResourceAccount': '333333333333' },
  }],
  ['decrypts by itself', { action: 'kms:Decrypt', resource: 'arn:aws:kms:eu-west-1:111111111111:key/source' }],
  ['uses keys of its own account for other buckets', {
    action: 'kms:Decrypt', resource: KEY,
    context: viaS3(TARGET.region, { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::others/x' }),
  }],
  ['writes elsewhere in the bucket', { action: 's3:PutObject', resource: 'arn:aws:s3:::copies/other' }],
  ['deletes copies', { action: 's3:DeleteObject', resource: COPY }],
  ['deletes versions of copies', { action: 's3:DeleteObjectVersion', resource: COPY }],
  ['writes over copies', { action: 's3:PutObject', resource: COPY, context: creation }],
  ['writes over copies that it has seen', {
    action: 's3:PutObject', resource: COPY, context: { ...creation, 's3:if-match': 'etag' },
  }],
  ['writes artifacts of the source', {
    action: 's3:PutObject', resource: ARTIFACT, context: { ...creation, 's3:if-none-match': '*' },
  }],
  ['registers versions in the source', {
    action: 'sagemaker:CreateModelPackage', resource: package_(SOURCE, 'churn'),
  }],
  ['deletes packages', { action: 'sagemaker:DeleteModelPackage', resource: package_(TARGET, 'churn-prod') }],
  ['approves in the source', {
    action: 'sagemaker:UpdateModelPackage', resource: package_(SOURCE, 'churn'),
    context: { 'sagemaker:ModelApprovalStatus': 'Approved' },
  }],
  ['approves in another group here', {
    action: 'sagemaker:UpdateModelPackage', resource: package_(TARGET, 'other'),
    context: { 'sagemaker:ModelApprovalStatus': 'Approved' },
  }],
  ['changes where a copy comes from', {
    action: 'sagemaker:UpdateModelPackage', resource: package_(TARGET, 'churn-prod'),
    context: {
      'sagemaker:ModelApprovalStatus': 'Approved', 'sagemaker:CustomerMetadataProperties/sourceModelPackageArn': 'other',
    },
  }],
  ['reads another group of the source', {
    action: 'sagemaker:DescribeModelPackage', resource: package_(SOURCE, 'other'),
  }],
])('the role never %s', async (_, right) => {
  expect(await allows(sides(BASE), right)).toBe(false);
});
