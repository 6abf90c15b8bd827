import { Template } from 'aws-cdk-lib/assertions';
import { rolesOf, type Statement, statementsOf, text } from './policies';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, stacksOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);

interface Stacks {
  readonly [name: string]: {
    readonly account: string; readonly region: string; readonly template: Template;
  };
}

const all: {
  readonly [delivery: string]: Stacks;
} = Object.fromEntries(Object.entries(DELIVERIES).map(([name, delivery]) => {
  const { stacks } = stacksOf(delivery);
  const places = Object.values(stacks).map(s => [s.stackName, {
    account: s.account, region: s.region, template: Template.fromStack(s),
  }]);
  return [name, Object.fromEntries(places)];
}));
const cases = Object.keys(all).map(name => [name] as const);
const several = cases.filter(([name]) => new Set(Object.values(all[name]).map(s => s.account)).size > 1);
const statements = (stacks: Stacks) => Object.entries(stacks)
  .flatMap(([stack, { account, template }]) => statementsOf(template).map(s => ({ stack, account, ...s })));
const accountOf = (principal: string) => principal.split(':')[4];
const isForeign = (s: Statement & { readonly account: string }) => s.effect === 'Allow'
  && s.principals.some(p => p !== '*' && accountOf(p) !== s.account && !p.includes('<AWS::AccountId>'));

test.each(cases)('%s: no policy names a principal or a role twice', name => {
  for (const { stack, sid, principals, conditions } of statements(all[name])) {
    const roles = conditions.ArnEquals?.['aws:PrincipalArn'] ?? [];
    expect([stack, sid, principals, roles]).toEqual([stack, sid, [...new Set(principals)], [...new Set(roles)]]);
  }
});

test.each(cases)('%s: nobody is let in without a name', name => {
  const open = statements(all[name]).filter(s => s.effect === 'Allow'
    && (s.principals.includes('*') || s.services.includes('*')));
  expect(open).toEqual([]);
});

test.each(cases.filter(([
  name,
]) => !several.some(([other]) => other === name)))('%s: in a single account no policy names another one', name => {
  expect(statements(all[name]).filter(isForeign)).toEqual([]);
});

describe.each(several)('%s', name => {
  const stacks = all[name];
  const foreign = statements(stacks).filter(isForeign);
  const roles = new Set(Object.values(stacks).flatMap(({ account, template }) => rolesOf(template, account)));

  test('other accounts come in as exact roles, which exist; the registry, whose policy knows no conditions, names '
    + 'accounts', () => {
    expect(foreign.length).toBeGreaterThan(3);
    for (const { stack, sid, type, principals, conditions } of foreign) {
      const named = conditions.ArnEquals?.['aws:PrincipalArn'] ?? [];
      if (type === 'AWS::SageMaker::ModelPackageGroup') {
        expect(conditions).toEqual({});
      } else {
        expect([stack, sid, named.filter(role => !roles.has(role))]).toEqual([stack, sid, []]);
        expect([stack, sid, [...new Set(named.map(accountOf))].sort()]).toEqual([
          stack, sid, principals.map(accountOf),
        ]);
      }
    }
  });
  test('they read and decrypt, forward events, make models from packages and write evidence, and nothing else', () => {
    const writing = foreign.filter(s => !s.actions.every(action => MAY.includes(action)));
    expect(writing.map(s => [s.stack, s.actions.filter(action => !MAY.includes(action))]).filter(([stack, actions]) =>
      stack !== 'churn-audit' || String(actions) !== 's3:PutObject')
      .filter(([stack, actions]) => stack !== 'churn-audit' || String(actions) !== 'kms:GenerateDataKey')).toEqual([]);
  });
  test('they use a key through S3 of its own region alone', () => {
    for (const { stack, conditions } of foreign.filter(s => s.type === 'AWS::KMS::Key')) {
      expect(conditions.StringEquals['kms:ViaService']).toEqual([`s3.${stacks[stack].region}.amazonaws.com`]);
    }
  });
  test('who may read a bucket may decrypt what is in it, and the other way round', () => {
    for (const stack of Object.keys(stacks)) {
      const readers = (type: string, action: string) => [...new Set(foreign
        .filter(s => s.stack === stack && s.type === type
          && s.actions.includes(action)).flatMap(s => s.conditions.ArnEquals['aws:PrincipalArn']))].sort();
      expect(readers('AWS::KMS::Key', 'kms:Decrypt')).toEqual(readers('AWS::S3::BucketPolicy', 's3:GetObject'));
    }
  });
});

const MAY = [
  'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:BatchImportUpstreamImage',
  'ecr:GetDownloadUrlForLayer', 'events:PutEvents', 'kms:Decrypt',
  'kms:DescribeKey', 's3:GetBucketLocation', 's3:GetBucketVersioning', 's3:GetObject', 's3:GetObjectVersion',
  's3:ListBucket', 'sagemaker:CreateModel',
  'sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages',
];

/** Roles of other accounts that a statement of a stack lets in. */
function letIn(name: string, stack: string, type: string, action: string): string[] {
  const found = statementsOf(all[name][stack].template).filter(s => s.type === type && s.actions.includes(action)
    && s.conditions.ArnEquals?.['aws:PrincipalArn']);
  return found.flatMap(s => s.conditions.ArnEquals['aws:PrincipalArn']).map(role => role.split('::')[1]);
}

describe('the registry of a group', () => {
  const [group] = resources(all.sevenAccounts['churn-main-build'].template, 'AWS::SageMaker::ModelPackageGroup');
  const packages = 'arn:aws:sagemaker:eu-west-1:555555555555:model-package/churn-main/*';

  test('shows its packages to the accounts of the group, and lets those that serve them make models', () => {
    const root = (account: string) => `arn:aws:iam::${account}:root`;
    const policy = group.Properties.ModelPackageGroupPolicy;
    const readable = policy.Statement.map((s: Json) => ({
      ...s, Principal: s.Principal.AWS.map(text), Resource: s.Resource.map(text),
    }));
    expect(readable).toEqual([
      {
        Sid: 'Look',
        Effect: 'Allow',
        Principal: ['111111111111', '666666666666', '777777777777'].map(root),
        Action: [
          'sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages',
        ],
        Resource: ['arn:aws:sagemaker:eu-west-1:555555555555:model-package-group/churn-main', packages],
      },
      {
        Sid: 'Serve', Effect: 'Allow', Principal: ['666666666666', '777777777777'].map(root),
        Action: ['sagemaker:CreateModel'], Resource: [packages],
      },
    ]);
  });
  test('lets nobody make models from it where they are made from a copy in another region', () => {
    const actions = statementsOf(all.regions['churn-main-build'].template).filter(s =>
      s.type === 'AWS::SageMaker::ModelPackageGroup').flatMap(s => s.actions);
    expect(actions).toContain('sagemaker:DescribeModelPackage');
    expect(actions).not.toContain('sagemaker:CreateModel');
  });
});

describe('artifacts', () => {
  test('of models are read by the preparation of deployments and the models of the group, and by nobody of another '
    + 'group', () => {
    expect(letIn('sevenAccounts', 'churn-dev-build', 'AWS::S3::BucketPolicy', 's3:GetObject').map(role =>
      role.replace(/-[0-9a-f]{8}$/, ''))).toEqual([
      '111111111111:role/churn-dev-deployrunner', '333333333333:role/churn-dev-dev-a-model',
      '444444444444:role/churn-dev-dev-b-model',
    ]);
  });
  test('of the pipeline are read by the deploy roles of its own region; those of another region read from its '
    + 'replica', () => {
    expect(letIn('regions', 'churn-main-delivery', 'AWS::S3::BucketPolicy', 's3:GetObject')).toEqual([
      '333333333333:role/churn-main-near-deploy',
    ]);
    const replicas = Object.keys(all.regions).filter(stack => /replica/.test(stack)
      && all.regions[stack].account === '111111111111');
    expect(replicas.map(stack =>
      [all.regions[stack].region, letIn('regions', stack, 'AWS::S3::BucketPolicy', 's3:GetObject')])).toEqual([
      ['eu-central-1', ['222222222222:role/churn-main-same-deploy']],
      ['us-east-1', ['333333333333:role/churn-main-far-deploy']],
    ]);
  });
  test('of a replica are encrypted with a key of its own', () => {
    const replicas = Object.entries(all.regions).filter(([stack, { account }]) => /replica/.test(stack)
      && account === '111111111111');
    for (const [, { template }] of replicas) {
      template.resourceCountIs('AWS::KMS::Key', 1);
      const buckets = resources(template, 'AWS::S3::Bucket').map(b =>
        b.Properties.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault);
      expect(buckets.map(b => b.SSEAlgorithm).sort()).toEqual(['AES256', 'aws:kms']);
    }
  });
});

test('images are pulled by the models in other accounts, and by nobody else', () => {
  const stack = 'churn-north-build';
  for (const type of ['AWS::ECR::Repository', 'AWS::ECR::RepositoryCreationTemplate']) {
    expect([...new Set(letIn('sharedAccounts', stack, type, 'ecr:BatchGetImage'))]).toEqual([
      '333333333333:role/churn-north-replica-model',
    ]);
  }
});

test('with a bootstrap qualifier of its own every stack is deployed with that bootstrap', () => {
  const { stacks } = stacksOf(DELIVERIES.sevenAccounts);
  const deployed = Object.values(stacks).filter(s => !s.stackName.includes('-endpoint'));
  expect(deployed.map(s =>
    [s.stackName, s.synthesizer.bootstrapQualifier])).toEqual(deployed.map(s => [s.stackName, 'mlteam']));
});

test('stacks are in the accounts and regions of the plan', () => {
  expect(Object.entries(all.regions).map(([
    name, { account, region },
  ]) => `${name} ${account} ${region}`).sort()).toMatchInlineSnapshot(`
[
  "churn-infrastructure 111111111111 eu-west-1",
  "churn-infrastructurepipeline 111111111111 eu-west-1",
  "churn-main-build 222222222222 eu-central-1",
  "churn-main-delivery 111111111111 eu-west-1",
  "churn-main-eu-central-1-replica-25b31fe9 111111111111 eu-central-1",
  "churn-main-far-endpoint 333333333333 us-east-1",
  "churn-main-far-environment 333333333333 us-east-1",
  "churn-main-near-endpoint 333333333333 eu-west-1",
  "churn-main-near-environment 333333333333 eu-west-1",
  "churn-main-same-endpoint 222222222222 eu-central-1",
  "churn-main-same-environment 222222222222 eu-central-1",
  "churn-main-us-east-1-replica-e806fa61 111111111111 us-east-1",
  "churn-source 111111111111 eu-west-1",
]
`);
});
