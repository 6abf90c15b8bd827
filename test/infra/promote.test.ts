import * as fs from 'node:fs';
import * as path from 'node:path';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Aspects, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ALL, BASE, KEY, make, only, PLACE, SOURCE, statements, text } from './promotion';
import { infra } from '../../src';
import { Delivery } from '../../src/delivery/delivery';
import { PromotionStack } from '../../src/infra/promotion/promotion-stack';
import { PROMOTION_TOOLS } from '../../src/infra/promotion/promotion-tools';
import type { DeliveryOptions } from '../../src/options/delivery';
import type { PromotionOptions } from '../../src/options/promotion';
import { normaliseDelivery } from '../../src/plan/normalise';
import { planDelivery } from '../../src/plan/plan';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const roleEnd = (template: Template): string =>
  resources(template, 'AWS::IAM::Role').map(r => r.Properties.RoleName as string).find(n => /-promote-/.test(n))!;

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
    const context = text(TargetKey.Condition.StringLike['kms:EncryptionContext:aws:s3:arn']);
    expect(context).toContain(':s3:::models/model-packages/*');
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
      v.Value)).toEqual([SOURCE, 'churn-prod', 'models', KEY, 'p-abc123', 'true']);
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

describe('retainOnDelete', () => {
  const policy = (retainOnDelete?: boolean): string =>
    only(make({ ...BASE, retainOnDelete }).template, 'AWS::SageMaker::ModelPackageGroup').DeletionPolicy;
  test('keeps the group by default', () =>
    expect([policy(), policy(true)]).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']));
  test('lets the group go with the stack when it is false', () => expect(policy(false)).toBe('Delete'));
});

test('a group that is there already is used as it is', () => {
  const { made, template } = make({ ...BASE, existingModelPackageGroup: true });
  expect(made.modelPackageGroup).toBeUndefined();
  template.resourceCountIs('AWS::SageMaker::ModelPackageGroup', 0);
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
    delivery: Delivery.of(delivery), directory: temporary(),
  });
  const templates = [Template.fromStack(made.stacks[promotion!.stack]), make(delivery.promotion!, tooling).template];
  const others = ['AWS::Events::Rule', 'AWS::CloudWatch::Alarm', 'AWS::SageMaker::ModelPackageGroup']
    .flatMap(type => Object.keys(templates[0].findResources(type)));
  expect(only(templates[0], 'AWS::CodePipeline::Pipeline').DependsOn).toEqual(expect.arrayContaining(others));
  expect(others.length).toBeGreaterThan(3);
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
