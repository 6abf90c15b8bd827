import * as fs from 'node:fs';
import * as path from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery, rolesOf } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);
const all = Object.fromEntries(Object.entries(DELIVERIES).map(([name, delivery]) => [name, templatesOf(delivery)]));
const cases = Object.entries(all).flatMap(([
  name, stacks,
]) => Object.entries(stacks).map(([stack, template]) => [name, stack, template] as const));
/** ARNs that the options give, in the partition that they say. */
const given = new Set(JSON.stringify(DELIVERIES).match(/arn:aws:[^"]*/g));
const templates = all.default;

test('the default delivery consists of exactly these stacks', () => {
  expect(Object.keys(templates).sort()).toEqual([
    'churn-infrastructure', 'churn-infrastructurepipeline', 'churn-main-build', 'churn-main-delivery',
    'churn-main-prod-endpoint',
    'churn-main-prod-environment',
    'churn-main-staging-endpoint', 'churn-main-staging-environment', 'churn-source',
  ]);
});

/** One file for each stack; `UPDATE_TEMPLATES=true npx jest test/infra/templates` writes them anew, to be reviewed. */
const REVIEWED = path.join(__dirname, 'templates');
/** Hashes of assets differ from release to release of the deploy tools. */
const textOf = (name: string): string => {
  const text = JSON.stringify(templates[name].toJSON(), undefined, 2);
  return `${text.replace(/[0-9a-f]{64}/g, '<asset>')}\n`;
};
/** Those of both environments: production is watched when it changes. */
const reviewed = Object.keys(templates).sort();

test.each(reviewed)('the template of %s is as reviewed', name => {
  const file = path.join(REVIEWED, `${name}.json`);
  if (process.env.UPDATE_TEMPLATES === 'true') { fs.writeFileSync(file, textOf(name)); }
  expect(textOf(name)).toBe(fs.readFileSync(file, 'utf8'));
});

test('nothing else is reviewed', () => {
  expect(fs.readdirSync(REVIEWED).sort()).toEqual(reviewed.map(name => `${name}.json`));
});

const withPipelines = cases.filter(([, , template]) => resources(template, 'AWS::CodePipeline::Pipeline').length > 0);

test.each(withPipelines)('%s: nothing of %s is made after its pipelines, which start when they are made and would fail '
  + 'with a filled bucket; what starts a delivery is the last of them', (_, __, template) => {
  const parts = template.toJSON().Resources as { [id: string]: Json };
  const isPipeline = (id: string) => parts[id].Type === 'AWS::CodePipeline::Pipeline';
  const ids = Object.keys(parts).filter(id => parts[id].Type !== 'AWS::CDK::Metadata');
  // What a resource refers to is made before it too.
  const needs = (id: string): string[] => [
    ...parts[id].DependsOn as string[],
    ...[...JSON.stringify(parts[id]).matchAll(/"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/g)].map(found => found[1]),
  ];
  const pipelines = ids.filter(isPipeline).sort((a, b) => (needs(a).includes(b) ? 1 : -1));
  pipelines.forEach((id, i) => {
    const before = [...ids.filter(other => !isPipeline(other)), ...pipelines.slice(0, i)];
    expect(needs(id)).toEqual(expect.arrayContaining(before));
  });
  const starter = pipelines.find(id => (parts[id].Properties.Name as string).endsWith('-build'));
  if (starter) { expect(pipelines.at(-1)).toBe(starter); }
});

describe.each(cases)('%s: %s', (_, __, template) => {
  test('buckets are versioned, private, encrypted, reached by TLS alone, owner enforced and kept', () => {
    for (const bucket of resources(template, 'AWS::S3::Bucket')) {
      expect(bucket).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          VersioningConfiguration: { Status: 'Enabled' },
          OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
          },
          BucketEncryption: expect.anything(),
        },
      });
    }
    const policies = resources(template, 'AWS::S3::BucketPolicy').map(p => JSON.stringify(p));
    expect(policies).toHaveLength(resources(template, 'AWS::S3::Bucket').length);
    policies.forEach(policy => expect(policy).toContain('"aws:SecureTransport":"false"'));
  });
  test('keys rotate and are kept', () => {
    for (const key of resources(template, 'AWS::KMS::Key')) {
      expect(key).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain', Properties: { EnableKeyRotation: true },
      });
    }
  });
  test('a key that encrypts a log group lets CloudWatch Logs use it for exactly that group', () => {
    const policies = resources(template, 'AWS::KMS::Key').map(k => JSON.stringify(k.Properties.KeyPolicy));
    for (const log of resources(template, 'AWS::Logs::LogGroup')) {
      // The log of an endpoint that belongs to a release is under the key of another stack (test/infra/api).
      if (typeof log.Properties.LogGroupName !== 'string') { continue; }
      // Somebody else's key encrypts none.
      if (log.Properties.KmsKeyId === undefined && policies.length === 0) { continue; }
      expect(policies.join()).toContain(`:log-group:${log.Properties.LogGroupName}"`);
      expect(policies.join()).toMatch(/"Service":\{"Fn::Join":\["",\["logs\.|"Service":"logs\./);
    }
  });
  test('holds no null, which CloudFormation refuses', () => {
    // A text that is JSON itself, such as the definition of a pipeline, may hold one.
    expect(holdsNull(template.toJSON())).toBe(false);
  });
  test('no managed policy, no bare action wildcard, and no partition are written down', () => {
    for (const role of resources(template, 'AWS::IAM::Role')) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
      expect(JSON.stringify(role.Properties)).not.toMatch(/"Action":("\*"|\[[^\]]*\*)/);
    }
    expect((JSON.stringify(template.toJSON().Resources).match(/arn:aws:[^"\\]*/g)
      ?? []).filter(arn => !given.has(arn))).toEqual([]);
  });
  test('is far from the limits of CloudFormation', () => {
    expect(Object.keys(template.toJSON().Resources).length).toBeLessThan(400);
    expect(JSON.stringify(template.toJSON()).length).toBeLessThan(800_000);
  });
});

test('the model package group has no policy for other accounts when there are none, and is kept', () => {
  const [group] = resources(templates['churn-main-build'], 'AWS::SageMaker::ModelPackageGroup');
  expect(group).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate', Properties: { ModelPackageGroupName: 'churn-main' },
  });
  expect(group.Properties.ModelPackageGroupPolicy).toBeUndefined();
});

test('roles trust a role of the plan, a service of this account, or people of this account', () => {
  const roles = Object.values(templates).flatMap(t => resources(t, 'AWS::IAM::Role'));
  expect(roles.length).toBe(rolesOf(planDelivery(normaliseDelivery(DELIVERIES.default))).length);
  const people: string[] = [];
  for (const role of roles) {
    const [statement, ...more] = role.Properties.AssumeRolePolicyDocument.Statement;
    if (role.Properties.MaxSessionDuration) {
      expect([statement, ...more].map(s => Object.keys(s.Condition))).toEqual([['ArnLike', 'Bool'], ['ArnLike']]);
      people.push(role.Properties.RoleName);
      continue;
    }
    expect(more).toEqual([]);
    if (statement.Principal.Service) {
      // Neither is documented to say its account; a condition that needs it said could keep them out.
      const maySayNothing = /^(cloudformation|codepipeline)\./.test(statement.Principal.Service);
      expect(statement.Condition).toEqual({
        [maySayNothing ? 'StringEqualsIfExists' : 'StringEquals']: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      });
    } else { expect(statement.Condition.ArnEquals['aws:PrincipalArn']).toBeDefined(); }
  }
  expect(people.sort()).toEqual(['churn-infrastructureapprover', 'churn-main-approver', 'churn-main-releaser']);
});

describe('options that reach everything', () => {
  const templatesWith = Object.entries(all.explicitAccount);
  test.each(templatesWith)('%s has the boundary on every role and the tag on everything that takes '
    + 'tags', (_, template) => {
    for (const role of resources(template, 'AWS::IAM::Role')) {
      expect(JSON.stringify(role.Properties.PermissionsBoundary)).toContain(':iam::111111111111:policy/team/limit');
    }
    const tagged = Object.values<Json>(template.toJSON().Resources).filter(r => [
      'AWS::IAM::Role', 'AWS::S3::Bucket', 'AWS::SageMaker::Endpoint', 'AWS::SageMaker::Model',
      'AWS::CodePipeline::Pipeline',
    ].includes(r.Type));
    tagged.forEach(r => expect(r.Properties.Tags).toEqual(expect.arrayContaining([{ Key: 'team', Value: 'data' }])));
  });
  test('access logs go to the given bucket, and no log bucket is made', () => {
    const buckets = templatesWith.flatMap(([, t]) => resources(t, 'AWS::S3::Bucket'));
    expect(buckets.length).toBeGreaterThan(4);
    buckets.forEach(b => expect(b.Properties.LoggingConfiguration.DestinationBucketName).toBe('access-logs'));
  });
  test('models and builds run in the given VPC', () => {
    const vpc = {
      SecurityGroupIds: ['sg-0123456789abcdef0'], Subnets: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    };
    all.explicitAccount['churn-main-prod-endpoint'].hasResourceProperties('AWS::SageMaker::Model', { VpcConfig: vpc });
    all.explicitAccount['churn-main-delivery'].allResourcesProperties('AWS::CodeBuild::Project', {
      VpcConfig: { VpcId: 'vpc-0123456789abcdef0', ...vpc },
    });
    all.explicitAccount['churn-main-delivery'].hasResourceProperties('AWS::CodeBuild::Project', {
      Environment: Match.objectLike({
        EnvironmentVariables: Match.arrayWith([Match.objectLike({
          Name: 'SAGEMAKER_SUBNET_IDS', Value: vpc.Subnets.join(','),
        })]),
      }),
    });
  });
});

function holdsNull(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).some(holdsNull));
}
