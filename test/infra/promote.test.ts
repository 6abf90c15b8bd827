import * as fs from 'node:fs';
import * as path from 'node:path';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Aspects, Stack, type StackProps } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { infra } from '../../src';
import { PromotionStack } from '../../src/infra/promotion/promotion-stack';
import { PROMOTION_TOOLS } from '../../src/infra/promotion/promotion-tools';
import type { DeliveryOptions } from '../../src/options/delivery';
import { OptionError } from '../../src/options/engine/option-error';
import type { PromotionOptions } from '../../src/options/promotion';
import { promotionSchema } from '../../src/options/schemas/promotion-schema';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const SOURCE = 'arn:aws:sagemaker:eu-west-1:111111111111:model-package-group/churn-main';
const KEY = 'arn:aws:kms:us-east-1:222222222222:key/0123abcd-0000-0000-0000-000000000000';
const PLACE = { account: '222222222222', region: 'us-east-1' };
const BASE: PromotionOptions = { sourceModelPackageGroupArn: SOURCE, targetBucketName: 'models' };
const ALL: PromotionOptions = {
  ...BASE, eventBusName: 'promotions', targetModelPackageGroupName: 'churn-prod', sagemakerProjectId: 'p-abc123',
  sagemakerProjectName: 'churn', kmsKeyArn: KEY, retainOnDelete: true,
};

function make(
  props: PromotionOptions, env?: StackProps['env'],
): { stack: Stack; made: infra.ModelPackagePromotePipeline; template: Template } {
  const stack = new Stack(new App({ outdir: temporary() }), 'Target', { env });
  const made = new infra.ModelPackagePromotePipeline(stack, 'Promotion', props);
  return { stack, made, template: Template.fromStack(stack) };
}

const only = (template: Template, type: string): Json => {
  const found = resources(template, type);
  expect(found).toHaveLength(1);
  return found[0];
};
const role = (template: Template, end: string): Json =>
  resources(template, 'AWS::IAM::Role').map(r => r.Properties).find(p => (p.RoleName as string).endsWith(end));
const statements = (template: Template, end: string): { [sid: string]: Json } =>
  Object.fromEntries(role(template, end).Policies[0].PolicyDocument.Statement.map((s: Json) => [s.Sid, s]));
/** Text of a template with intrinsic functions, pseudo parameters as in an ARN. */
const text = (value: Json): string => JSON.stringify(value)
  .replace(/\{"Ref":"AWS::(\w+)"\}/g, '"<$1>"')
  .replace(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, '$1')
  .replace(/","/g, '');

describe('without an event bus', () => {
  const { template, made } = make(BASE);

  test('there is a pipeline to be started by hand, and no rule', () => {
    expect(only(template, 'AWS::CodePipeline::Pipeline').Properties).toMatchObject({
      Name: 'churn-main-promote', PipelineType: 'V2', ExecutionMode: 'SUPERSEDED',
    });
    expect(resources(template, 'AWS::Events::Rule')).toEqual([]);
    expect(resources(template, 'AWS::SQS::Queue')).toEqual([]);
    expect([made.rule, made.deadLetters, made.eventRuleArn, made.eventRuleName]).toEqual([
      undefined, undefined, undefined, undefined,
    ]);
  });
  test('the outputs are the pipeline\'s', () => {
    expect(Object.keys(template.toJSON().Outputs).sort()).toEqual(['PipelineArn', 'PipelineName']);
    expect(template.toJSON().Outputs.PipelineName.Value).toBe('churn-main-promote');
    expect(text(template.toJSON().Outputs.PipelineArn.Value)).toContain(
      'codepipeline:<Region>:<AccountId>:churn-main-promote',
    );
  });
  test('the target group has the source\'s name and is kept', () => {
    const group = only(template, 'AWS::SageMaker::ModelPackageGroup');
    expect(group).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain', Properties: {
        ModelPackageGroupName: 'churn-main',
      },
    });
    expect(group.Properties.Tags).toBeUndefined();
  });
  test('the pipeline exists after the group, because its creation starts it', () => {
    const [group] = Object.keys(template.findResources('AWS::SageMaker::ModelPackageGroup'));
    expect(only(template, 'AWS::CodePipeline::Pipeline').DependsOn).toContain(group);
  });
  test('the build runs the tool with what is to be promoted', () => {
    const { Source, Environment, TimeoutInMinutes } = only(template, 'AWS::CodeBuild::Project').Properties;
    expect(JSON.parse(Source.BuildSpec).phases.build.commands).toEqual(['python3 -u promote.py']);
    expect(Object.fromEntries(Environment.EnvironmentVariables.map((v: Json) => [v.Name, v.Value]))).toEqual({
      SOURCE_MODEL_PACKAGE_GROUP_ARN: SOURCE, TARGET_MODEL_PACKAGE_GROUP: 'churn-main', TARGET_BUCKET: 'models',
    });
    expect(TimeoutInMinutes).toBe(480);
  });
  test('the target bucket\'s own encryption may be used for this bucket alone', () => {
    const { TargetKey } = statements(template, '-promote');
    expect(text(TargetKey.Resource)).toMatch(/:kms:.*<Region>.*key\/\*/);
    expect(text(TargetKey.Condition.StringLike['kms:EncryptionContext:aws:s3:arn'])).toContain(
      ':s3:::models/model-packages/*',
    );
    expect(text(TargetKey.Condition.StringEquals['kms:ViaService'])).toContain('s3.');
  });
  test('partition, account and region are not written down, but for the source', () => {
    const written = JSON.stringify(template.toJSON().Resources).replaceAll(SOURCE, '');
    expect(written).not.toMatch(/arn:aws:/);
    expect(written).not.toContain('222222222222');
    expect(written).not.toMatch(/[[:,]null[\],}]/);
  });
});

describe('with everything', () => {
  const { template, made, stack } = make(ALL, PLACE);

  test('a rule on that bus matches approvals and rejections of exactly the source group', () => {
    const rule = only(template, 'AWS::Events::Rule').Properties;
    expect(rule).toMatchObject({ Name: 'churn-prod-promote', EventBusName: 'promotions' });
    expect(rule.EventPattern).toEqual({
      'source': ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      'account': ['111111111111'],
      'region': ['eu-west-1'],
      'detail': { ModelPackageGroupName: ['churn-main'], ModelApprovalStatus: ['Approved', 'Rejected'] },
    });
    expect(text(rule.Targets[0].Arn)).toContain(':codepipeline:us-east-1:222222222222:churn-prod-promote');
    expect(rule.Targets[0].RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 });
  });
  test('its role may start this pipeline and nothing else', () => {
    const found = resources(template, 'AWS::IAM::Role').map(r =>
      r.Properties).find(p => /promotetrigger/.test(p.RoleName));
    const [statement, ...more] = found.Policies[0].PolicyDocument.Statement;
    expect(more).toEqual([]);
    expect(statement.Action).toBe('codepipeline:StartPipelineExecution');
    expect(text(statement.Resource)).toContain(':codepipeline:us-east-1:222222222222:churn-prod-promote');
  });
  test('events that do not start it are kept in an encrypted queue that only this rule writes to', () => {
    const [queue] = Object.keys(template.findResources('AWS::SQS::Queue'));
    expect(only(template, 'AWS::Events::Rule').Properties.Targets[0].DeadLetterConfig).toEqual({
      Arn: { 'Fn::GetAtt': [queue, 'Arn'] },
    });
    expect(only(template, 'AWS::SQS::Queue').Properties).toMatchObject({
      MessageRetentionPeriod: 1209600, KmsMasterKeyId: expect.anything(),
    });
    expect(text(only(template, 'AWS::SQS::QueuePolicy'))).toContain(
      ':events:us-east-1:222222222222:rule/promotions/churn-prod-promote',
    );
  });
  test('the outputs name the rule too, with its bus', () => {
    expect(Object.keys(template.toJSON().Outputs).sort()).toEqual([
      'EventRuleArn', 'EventRuleName', 'PipelineArn', 'PipelineName',
    ]);
    expect(template.toJSON().Outputs.EventRuleName.Value).toBe('promotions|churn-prod-promote');
    expect([made.pipelineName, made.eventRuleName]).toEqual(['churn-prod-promote', 'promotions|churn-prod-promote']);
    expect(stack.resolve(made.eventRuleArn)).toEqual(template.toJSON().Outputs.EventRuleArn.Value);
    expect(stack.resolve(made.pipelineArn)).toEqual(template.toJSON().Outputs.PipelineArn.Value);
  });
  test('key, project and group reach the tool', () => {
    const { Environment } = only(template, 'AWS::CodeBuild::Project').Properties;
    expect(Environment.EnvironmentVariables.map((v: Json) =>
      v.Value)).toEqual([SOURCE, 'churn-prod', 'models', KEY, 'p-abc123']);
    expect(statements(template, roleEnd(template)).TargetKey).toMatchObject({
      Resource: KEY, Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    });
  });
  test('the project is a tag of everything that takes tags', () => {
    const project = [{ Key: 'sagemaker:project-id', Value: 'p-abc123' }, {
      Key: 'sagemaker:project-name', Value: 'churn',
    }];
    const types = [
      'SageMaker::ModelPackageGroup', 'CodePipeline::Pipeline', 'CodeBuild::Project', 'IAM::Role', 'KMS::Key',
      'SQS::Queue', 'Logs::LogGroup', 'Events::Rule',
    ];
    for (const type of types) {
      resources(template, `AWS::${type}`).forEach(r =>
        expect([type, r.Properties.Tags]).toEqual([type, expect.arrayContaining(project)]));
    }
  });
});

const roleEnd = (template: Template): string =>
  resources(template, 'AWS::IAM::Role').map(r => r.Properties.RoleName as string).find(n => /-promote-/.test(n))!;

describe('the role that promotes', () => {
  const all = statements(make(BASE).template, '-promote');

  test('reads packages of the source group, whose ARNs may be in lower case, and changes none of them', () => {
    expect(all.SourcePackages.Action).toEqual(['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages']);
    expect(text(all.SourcePackages.Resource)).toContain(
      ':sagemaker:eu-west-1:111111111111:model-package-group/churn-main',
    );
    const upper = make({
      ...BASE, sourceModelPackageGroupArn: SOURCE.replace('churn-main', 'Churn'),
      targetModelPackageGroupName: 'churn-prod',
    }).template;
    const found = text(statements(upper, '-promote').SourcePackages.Resource);
    expect(found).toContain('model-package/Churn/*');
    expect(found).toContain('model-package/churn/*');
  });
  test('reads objects of the source account alone, and decrypts through S3 alone', () => {
    for (const sid of ['SourceObjects', 'SourceBuckets']) {
      expect(all[sid].Condition).toEqual({ StringEquals: { 's3:ResourceAccount': '111111111111' } });
    }
    expect(all.SourceObjects.Action).toBe('s3:GetObject');
    expect(text(all.SourceKeys.Resource)).toContain(':kms:eu-west-1:111111111111:key/*');
    expect(text(all.SourceKeys.Condition)).toContain('s3.eu-west-1.');
  });
  test('writes below one prefix of the target bucket, and deletes nothing', () => {
    expect(all.TargetObjects.Action).toEqual(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject']);
    expect(text(all.TargetObjects.Resource)).toContain(':s3:::models/model-packages/*');
    expect(JSON.stringify(all)).not.toMatch(/Delete|Tagging|Acl|iam:|sts:/);
  });
  test('approves and rejects in the target group alone', () => {
    expect(all.TargetPackages.Action).toEqual([
      'sagemaker:CreateModelPackage', 'sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages',
      'sagemaker:UpdateModelPackage',
    ]);
    expect(text(all.TargetPackages.Resource)).toContain(
      ':sagemaker:<Region>:<AccountId>:model-package-group/churn-main',
    );
  });
  test('looks images up where the copy is and where the source is, and pulls none', () => {
    expect(all.Images.Action).toEqual(['ecr:BatchGetImage', 'ecr:DescribeImages']);
    expect(text(all.Images.Resource)).toContain(':ecr:<Region>:*:repository/*');
    expect(text(all.Images.Resource)).toContain(':ecr:eu-west-1:*:repository/*');
  });
});

describe('retainOnDelete', () => {
  const policy = (retainOnDelete?: boolean): string =>
    only(make({ ...BASE, retainOnDelete }).template, 'AWS::SageMaker::ModelPackageGroup').DeletionPolicy;
  test('keeps the group by default', () =>
    expect([policy(), policy(true)]).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']));
  test('lets the group go with the stack when it is false', () => expect(policy(false)).toBe('Delete'));
});

test('the default bus has the rule without a bus in its ARN', () => {
  const { template } = make({ ...BASE, eventBusName: 'default' });
  expect(text(only(template, 'AWS::SQS::QueuePolicy'))).toContain(':rule/churn-main-promote');
  expect(template.toJSON().Outputs.EventRuleName.Value).toBe('default|churn-main-promote');
});

test('a project needs neither id nor name', () => {
  const tags = (props: Partial<PromotionOptions>): Json =>
    only(make({ ...BASE, ...props }).template, 'AWS::SageMaker::ModelPackageGroup').Properties.Tags;
  expect(tags({ sagemakerProjectId: 'p-1' })).toEqual([{ Key: 'sagemaker:project-id', Value: 'p-1' }]);
  expect(tags({ sagemakerProjectName: 'churn' })).toEqual([{ Key: 'sagemaker:project-name', Value: 'churn' }]);
});

test('the bucket and the bus may be other resources of the app', () => {
  const app = new App({ outdir: temporary() });
  const stack = new Stack(app, 'Target');
  const bucket = new s3.Bucket(stack, 'Models');
  const bus = new events.EventBus(stack, 'Bus', { eventBusName: 'promotions' });
  new infra.ModelPackagePromotePipeline(stack, 'Promotion', {
    ...BASE, targetBucketName: bucket.bucketName, eventBusName: bus.eventBusName,
  });
  const template = Template.fromStack(stack);
  const { EnvironmentVariables } = only(template, 'AWS::CodeBuild::Project').Properties.Environment;
  expect(EnvironmentVariables.find((v: Json) => v.Name === 'TARGET_BUCKET').Value).toEqual({
    Ref: expect.stringMatching(/^Models/),
  });
  expect(only(template, 'AWS::Events::Rule').Properties.EventBusName).toEqual({ Ref: expect.stringMatching(/^Bus/) });
  Aspects.of(app).add(new AwsSolutionsChecks());
  app.synth({ force: true });
  const found = Annotations.fromStack(stack).findError('*', Match.stringLikeRegexp('AwsSolutions')).map(f => f.id);
  expect(found.filter(id => id.includes('/Models/'))).not.toEqual([]);
  expect(found.filter(id => id.includes('/Promotion/'))).toEqual([]);
});

test('two promotions in one stack have outputs of their own', () => {
  const stack = new Stack(new App({ outdir: temporary() }), 'Target');
  new infra.ModelPackagePromotePipeline(stack, 'First', BASE);
  new infra.ModelPackagePromotePipeline(stack, 'Second', { ...BASE, targetModelPackageGroupName: 'other' });
  const names = Object.keys(Template.fromStack(stack).toJSON().Outputs).sort();
  expect(names).toEqual([
    'PipelineArn', 'PipelineName', expect.stringMatching(/^SecondPipelineArn/),
    expect.stringMatching(/^SecondPipelineName/),
  ]);
});

test('the same group in two regions of an account has roles of different names', () => {
  const names = (region: string): string[] =>
    resources(make(BASE, { ...PLACE, region }).template, 'AWS::IAM::Role').map(r => r.Properties.RoleName as string);
  expect(new Set([...names('us-east-1'), ...names('us-west-2')]).size).toBe(4);
});

describe('a wrong property is refused', () => {
  const refused = (props: object, env?: StackProps['env']): string => {
    try {
      make({ ...BASE, ...props }, env);
    } catch (error) {
      expect(error).toBeInstanceOf(OptionError);
      return (error as OptionError).problems.map(p => p.path).join() + ': ' + (error as Error).message;
    }
    return 'accepted';
  };

  test.each<[string, object, RegExp]>([
    [
      'an ARN of a package',
      { sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/churn/1' },
      /^sourceModelPackageGroupArn: .*allowed: the ARN of a model package group/,
    ],
    [
      'no ARN', { sourceModelPackageGroupArn: undefined },
      /^sourceModelPackageGroupArn: .*nothing is not valid.*Add sourceModelPackageGroupArn/,
    ],
    ['no bucket', { targetBucketName: undefined }, /^targetBucketName: .*Add targetBucketName/],
    ['a bucket\'s ARN', { targetBucketName: 'arn:aws:s3:::models' }, /^targetBucketName: .*not its ARN/],
    [
      'a bus\'s ARN', { eventBusName: 'arn:aws:events:us-east-1:222222222222:event-bus/promotions' },
      /^eventBusName: .*Give the name of the bus, not its ARN/,
    ],
    ['a group\'s name with a slash', { targetModelPackageGroupName: 'churn/prod' }, /^targetModelPackageGroupName: /],
    ['a long project id', { sagemakerProjectId: 'p'.repeat(21) }, /^sagemakerProjectId: /],
    ['a project name with blanks', { sagemakerProjectName: 'my project' }, /^sagemakerProjectName: /],
    [
      'a key\'s alias', { kmsKeyArn: 'arn:aws:kms:us-east-1:222222222222:alias/models' },
      /^kmsKeyArn: .*the ARN of a KMS key/,
    ],
    ['a text for a switch', { retainOnDelete: 'yes' }, /^retainOnDelete: .*true or false/],
    ['a name with a typo', { targetBucket: 'models' }, /^targetBucket: .*did you mean targetBucketName/],
    ['several', { targetBucketName: 'A', eventBusName: '' }, /^targetBucketName,eventBusName: 2 options are not valid/],
    [
      'a key of another partition', { kmsKeyArn: KEY.replace('arn:aws:', 'arn:aws-cn:') },
      /^kmsKeyArn: .*a key in the partition aws,/,
    ],
  ])('%s', (_, props, message) => expect(refused(props)).toMatch(message));

  test.each<[string, object, StackProps['env'], RegExp]>([
    [
      'a key of another region', { kmsKeyArn: KEY }, { ...PLACE, region: 'us-west-2' },
      /^kmsKeyArn: .*a key in us-west-2/,
    ],
    [
      'a source of another partition', {}, { ...PLACE, region: 'cn-north-1' },
      /^sourceModelPackageGroupArn: .*Partitions share nothing/,
    ],
    [
      'the source itself', {}, { account: '111111111111', region: 'eu-west-1' },
      /^targetModelPackageGroupName: .*another name than that of the source/,
    ],
  ])('%s, where it is deployed to', (_, props, env, message) => expect(refused(props, env)).toMatch(message));

  test('while the same group name in another region is right', () =>
    expect(refused({}, { account: '111111111111', region: 'us-east-1' })).toBe('accepted'));
});

test('the schema has exactly the properties of the construct', () => {
  expect(Object.keys(promotionSchema.properties!)).toEqual([
    ...Object.keys(BASE), ...Object.keys(ALL).filter(name => !(name in BASE)),
  ]);
});

test('the statements for the source account are for this role, and for its models where images are pulled', () => {
  const { made, stack } = make(BASE, PLACE);
  const access = made.sourceAccess('arn:aws:s3:::artifacts');
  const resolved = (list: PolicyStatement[]) => list.map(s => stack.resolve(s.toStatementJson()) as Json);
  const json = Object.fromEntries(Object.entries(access).map(([
    name, list,
  ]) => [name, resolved(list as PolicyStatement[])]));
  for (const statement of [...json.modelPackageGroup, ...json.bucket, ...json.key]) {
    expect(text(statement.Principal)).toContain('222222222222:root');
    expect(statement.Condition).toEqual({
      ArnEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': [expect.stringContaining('PromoterRole'), 'Arn'] } },
    });
  }
  expect(json.bucket.map((s: Json) => [s.Action, s.Resource])).toEqual([
    ['s3:GetObject', 'arn:aws:s3:::artifacts/*'], ['s3:ListBucket', 'arn:aws:s3:::artifacts'],
  ]);
  expect(json.key[0].Action).toBe('kms:Decrypt');
  expect(json.repository[0].Condition).toBeUndefined();
  expect(json.repository[0].Action).toContain('ecr:GetDownloadUrlForLayer');
});

test('the pipeline starts from the tools, and they hold everything that the promotion imports', () => {
  const app = new App({ outdir: temporary() });
  const stack = new PromotionStack(app, 'Promotion', { stackName: 'promotion', env: PLACE, promotion: ALL });
  const { directory } = app.synth();
  const [asset] = fs.readdirSync(directory).filter(name => name.startsWith('asset.'));
  expect(fs.readdirSync(path.join(directory, asset)).sort()).toEqual([...PROMOTION_TOOLS].sort());
  const pipeline = only(Template.fromStack(stack), 'AWS::CodePipeline::Pipeline').Properties;
  expect(pipeline.Stages.map((s: Json) => s.Actions.map((a: Json) => a.Name))).toEqual([['Tools'], ['Promote']]);
  expect(pipeline.Stages[0].Actions[0].Configuration.S3ObjectKey).toContain(asset.replace('asset.', ''));
  const own = PROMOTION_TOOLS.filter(f => f.endsWith('.py')).map(f => f.replace('.py', ''));
  const all = fs.readdirSync(path.resolve(__dirname, '..', '..', 'tools', 'deploy')).filter(f =>
    f.endsWith('.py')).map(f => f.replace('.py', ''));
  for (const file of own) {
    const code = fs.readFileSync(path.join(directory, asset, `${file}.py`), 'utf-8');
    const imported = [...code.matchAll(/^(?:from|import) (\w+)/gm)].map(m => m[1]).filter(name => all.includes(name));
    expect(imported.filter(name => !own.includes(name))).toEqual([]);
  }
});

test('a promotion of a delivery has exactly the roles and names that the plan gives it, and alone it has the '
  + 'same', () => {
  const delivery: DeliveryOptions = { ...DELIVERIES.sevenAccounts, promotion: { ...ALL, kmsKeyArn: undefined } };
  const { promotion, delivery: { tooling } } = planDelivery(normaliseDelivery(delivery));
  const made = new infra.SageMakerCicd(new App({ outdir: temporary() }), 'Delivery', {
    delivery, directory: temporary(),
  });
  const templates = [Template.fromStack(made.stacks[promotion!.stack]), make(delivery.promotion!, tooling).template];
  for (const template of templates) {
    expect(resources(template, 'AWS::IAM::Role').map(r => r.Properties.RoleName).sort())
      .toEqual(Object.values(promotion!.roles).map(planned => planned.name).sort());
    expect(only(template, 'AWS::CodePipeline::Pipeline').Properties.Name).toBe(promotion!.pipeline);
    expect(only(template, 'AWS::CodeBuild::Project').Properties.Name).toBe(promotion!.project);
    expect(resources(template, 'AWS::S3::Bucket').map(b =>
      b.Properties.BucketName)).toContain(promotion!.artifactBucket);
    expect(only(template, 'AWS::KMS::Alias').Properties.AliasName).toBe(`alias/${promotion!.keyAlias}`);
    expect(resources(template, 'AWS::Events::Rule').map(r => r.Properties.Name)).toContain(promotion!.rule);
  }
});

test('the stack of a promotion is protected from deletion', () => {
  const stack = new PromotionStack(new App({ outdir: temporary() }), 'Promotion', {
    stackName: 'promotion', promotion: BASE,
  });
  expect([stack.terminationProtection, stack.stackName, stack.promotion.pipelineName]).toEqual([
    true, 'promotion', 'churn-main-promote',
  ]);
});

test.each([['alone', BASE], ['with everything', ALL]])('cdk-nag finds nothing without a written reason '
  + '(%s)', (_, props) => {
  for (const env of [undefined, PLACE]) {
    const app = new App({ outdir: temporary() });
    const stack = new PromotionStack(app, 'Promotion', { stackName: 'promotion', env, promotion: props });
    Aspects.of(app).add(new AwsSolutionsChecks());
    app.synth();
    expect(Annotations.fromStack(stack).findError('*', Match.stringLikeRegexp('AwsSolutions')).map(f =>
      `${f.id} ${f.entry.data as string}`)).toEqual([]);
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('AwsSolutions')).map(f =>
      `${f.id} ${f.entry.data as string}`)).toEqual([]);
  }
});
