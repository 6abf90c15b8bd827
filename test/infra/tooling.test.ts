import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { App, Aspects, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Construct } from 'constructs';
import { ACCOUNTS } from './accounts';
import { Delivery, infra } from '../../src';
import { InfrastructurePipelineStack } from '../../src/infra/infrastructure/infrastructure-pipeline-stack';
import { InfrastructureStack } from '../../src/infra/infrastructure/infrastructure-stack';
import { makeKey } from '../../src/infra/shared/own-key';
import { planOf } from '../../src/infra/shared/plan';
import { PrivateBucket } from '../../src/infra/shared/private-bucket';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources } from '../../testing/deliveries/synth';

afterAll(cleanUp);

/** The infrastructure stack where an app has it: below the construct of the whole delivery. */
function stackOf(delivery: DeliveryOptions, app = new App()): InfrastructureStack {
  const made = Delivery.of(delivery);
  return new InfrastructureStack(new Construct(app, 'Delivery'), planOf(made).infrastructure.stack, made);
}

/** The stack of the pipeline, likewise. */
function pipelineStackOf(delivery: DeliveryOptions, app = new App()): InfrastructurePipelineStack {
  const made = Delivery.of(delivery);
  return new InfrastructurePipelineStack(
    new Construct(app, 'Delivery'), planOf(made).infrastructure.pipeline!.stack, made,
  );
}

const MAILS: DeliveryOptions = {
  ...DELIVERIES.default, notifications: { emailAddresses: ['one@example.com', 'two@example.com'] },
};
const CASES = { ...DELIVERIES, severalAccounts: ACCOUNTS, mails: MAILS };
const template = Template.fromStack(stackOf(DELIVERIES.default));
const accounts = Template.fromStack(stackOf(ACCOUNTS));
const pipelineTemplate = Template.fromStack(pipelineStackOf(DELIVERIES.default));
const accountsPipeline = Template.fromStack(pipelineStackOf(ACCOUNTS));
const [pipeline] = resources(pipelineTemplate, 'AWS::CodePipeline::Pipeline').map(p => p.Properties);

/** A value of a template as text, tokens as their names. */
function text(value: Json): string {
  if (typeof value === 'string') { return value; }
  if (value?.['Fn::Join']) { return (value['Fn::Join'][1] as Json[]).map(text).join(''); }
  return `<${value?.Ref ?? value?.['Fn::GetAtt']?.join('.') ?? '?'}>`;
}

describe('the event bus', () => {
  test('has an archive of a year', () => {
    expect(resources(template, 'AWS::Events::EventBus')).toMatchObject([{ Properties: { Name: 'churn-events' } }]);
    expect(resources(template, 'AWS::Events::Archive')).toMatchObject([{
      Properties: { ArchiveName: 'churn-events', RetentionDays: 365 },
    }]);
  });
  test('needs no policy within its own account', () => {
    expect(resources(template, 'AWS::Events::EventBusPolicy')).toEqual([]);
  });
  test('lets in exactly the forwarder roles of other accounts, with one statement', () => {
    const statements = resources(accounts, 'AWS::Events::EventBusPolicy').map(p => p.Properties.Statement);
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatchObject({ Effect: 'Allow', Action: 'events:PutEvents' });
    expect(statements[0].Principal.AWS.map(text)).toEqual(
      [2, 3, 4, 5].map(digit => `arn:<AWS::Partition>:iam::${String(digit).repeat(12)}:root`),
    );
    expect(text(statements[0].Resource)).toBe(
      'arn:<AWS::Partition>:events:eu-west-1:111111111111:event-bus/churn-events',
    );
    const { groups, infrastructure } = planOf(Delivery.of(ACCOUNTS));
    const forwarders = groups.flatMap(({ roles, environments }) => [roles, ...environments.map(e => e.roles)])
      .flatMap(({ forwarder }) => forwarder ?? [])
      .filter(({ place }) => place.account !== infrastructure.place.account);
    expect(statements[0].Condition.ArnEquals['aws:PrincipalArn'].map(text)).toEqual(
      forwarders.map(({ arn }) => arn.replace('{partition}', '<AWS::Partition>')).sort(),
    );
    expect(forwarders.map(({ name }) => name)).toEqual(expect.arrayContaining([
      'churn-dev-forwarder', 'churn-main-forwarder', 'churn-main-prod-forwarder',
    ]));
  });
});

test('two deliveries of a tooling account let in the same build accounts, each with a statement that CloudFormation '
  + 'can tell from the other', () => {
  const found = ['churn', 'forecast'].map(name =>
    resources(Template.fromStack(stackOf({ ...DELIVERIES.sevenAccounts, name })), 'AWS::Events::EventBusPolicy'));
  expect(found.map(policies =>
    policies.map(p => p.Properties.StatementId as string))).toEqual([['churn-forwarders'], ['forecast-forwarders']]);
  const [[{ Properties: { Statement: statement } }]] = found;
  expect(statement.Principal.AWS.map(text)).toEqual(
    [2, 3, 4, 5, 6, 7].map(digit => `arn:<AWS::Partition>:iam::${String(digit).repeat(12)}:root`),
  );
});

test('a bus takes the events of 40 accounts within the size that EventBridge gives its policy', () => {
  const deploymentGroups = Array.from({ length: 40 }, (_, i) => ({
    name: `group${i}`, sourceBranch: 'main', buildEnvironment: { account: `2222222222${10 + i}` },
  }));
  const many = {
    ...DELIVERIES.default, tooling: { account: '111111111111', region: 'eu-west-1' },
    infrastructure: { pipeline: false }, deploymentGroups,
  };
  const [{ Properties: { Statement: statement, StatementId: id } }] = resources(
    Template.fromStack(stackOf(many)), 'AWS::Events::EventBusPolicy',
  );
  const filled = (value: Json): Json => JSON.parse(JSON.stringify(value, (_, v: Json) =>
    (v?.['Fn::Join'] ? text(v).replace('<AWS::Partition>', 'aws-us-gov') : v))) as Json;
  const policy = { Version: '2012-10-17', Statement: [{ Sid: id, ...filled(statement) }] };
  expect(policy.Statement[0].Principal.AWS).toHaveLength(40);
  expect(JSON.stringify(policy).length).toBeLessThan(10_240 * 40 / 55);
});

describe('the topic', () => {
  const policies = resources(template, 'AWS::SNS::TopicPolicy').flatMap(p =>
    p.Properties.PolicyDocument.Statement as Json[]);
  test('is encrypted with the key of the stack, which services may use', () => {
    const [{ Properties: { KmsMasterKeyId, TopicName } }] = resources(template, 'AWS::SNS::Topic');
    expect(TopicName).toBe('churn-notifications');
    expect(JSON.stringify(KmsMasterKeyId)).toContain('Key');
    const [key] = resources(template, 'AWS::KMS::Key');
    for (const Service of ['events.amazonaws.com', 'cloudwatch.amazonaws.com']) {
      const allowed = (key.Properties.KeyPolicy.Statement as Json[]).filter(s => s.Principal.Service === Service);
      expect(allowed).toMatchObject([{ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }]);
      // EventBridge says no account to KMS; with a condition its messages would be lost.
      expect(allowed[0].Condition).toBeUndefined();
    }
  });
  test('refuses everything but TLS', () => {
    expect(policies).toContainEqual(expect.objectContaining({
      Effect: 'Deny', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }));
  });
  test('lets EventBridge publish without a condition, because with one no message would arrive', () => {
    const [statement, ...others] = policies.filter(p => p.Principal.Service === 'events.amazonaws.com');
    expect(others).toEqual([]);
    expect(Object.keys(statement).sort()).toEqual(['Action', 'Effect', 'Principal', 'Resource', 'Sid']);
    expect(statement).toMatchObject({ Effect: 'Allow', Action: 'sns:Publish' });
  });
  test('lets exactly the alarms about failures of this delivery publish', () => {
    const sources = (service: string) => policies.filter(p =>
      p.Principal.Service === service).flatMap(p => p.Condition.ArnLike['aws:SourceArn'].map(text) as string[]);
    const here = '<AWS::Region>:<AWS::AccountId>';
    expect(sources('cloudwatch.amazonaws.com')).toEqual([
      `arn:<AWS::Partition>:cloudwatch:${here}:alarm:churn-infrastructurefailures-*`,
      `arn:<AWS::Partition>:cloudwatch:${here}:alarm:churn-main-failures-*`,
    ]);
    policies.filter(p => p.Principal.Service === 'cloudwatch.amazonaws.com').forEach(p =>
      expect(p.Condition.StringEquals['aws:SourceAccount']).toEqual({ Ref: 'AWS::AccountId' }));
  });
  test('has a policy that SNS takes for a hundred groups (30 KB)', () => {
    const deploymentGroups = Array.from({ length: 80 }, (_, i) => ({ name: `group${i}` }));
    const many = Template.fromStack(stackOf({
      ...DELIVERIES.default, tooling: { account: '111111111111', region: 'eu-west-1' }, deploymentGroups,
      infrastructure: { pipeline: false },
    }));
    const [policy] = resources(many, 'AWS::SNS::TopicPolicy').map(p => p.Properties.PolicyDocument);
    const filled = JSON.stringify(policy, (_, value: Json) =>
      (value?.['Fn::Join'] ? text(value).replace('<AWS::Partition>', 'aws') : value as unknown));
    expect(filled.length).toBeLessThan(30 * 1024);
  });
  test('has a subscription for each address', () => {
    const subscriptions = resources(Template.fromStack(stackOf(MAILS)), 'AWS::SNS::Subscription').map(s =>
      s.Properties);
    expect(subscriptions).toMatchObject([{ Protocol: 'email', Endpoint: 'one@example.com' }, {
      Protocol: 'email', Endpoint: 'two@example.com',
    }]);
  });
  test('that is there already is used as it is', () => {
    expect(resources(accounts, 'AWS::SNS::Topic')).toEqual([]);
    const targets = resources(accountsPipeline, 'AWS::Events::Rule').flatMap(r =>
      r.Properties.Targets as Json[]).filter(t => t.Id === 'Topic');
    expect(targets.length).toBeGreaterThan(0);
    targets.forEach(t => expect(t.Arn).toBe('arn:aws:sns:eu-west-1:111111111111:operations'));
  });
});

describe('the pipeline', () => {
  const actions = (properties: Json) =>
    (properties.Stages as Json[]).map(s => [s.Name, ...(s.Actions as Json[]).map(a => `${a.RunOrder} ${a.Name}`)]);
  test('brings itself up to date, then everything else from development to production, which waits for a '
    + 'person', () => {
    expect(actions(pipeline)).toEqual([
      ['Source', '1 Source'], ['Synth', '1 Synth'],
      ['Look-self', '1 Look'], ['SelfMutate', '1 Diff', '2 Approve', '3 Deploy'],
      ['Look-prod', '1 Look'], ['Deploy-prod', '1 Diff', '2 Approve', '3 Deploy'],
    ]);
    expect(pipeline).toMatchObject({ PipelineType: 'V2', ExecutionMode: 'SUPERSEDED', RestartExecutionOnUpdate: true });
  });
  test('tells the topic of an approval', () => {
    const approval = (pipeline.Stages as Json[]).at(-1).Actions[1];
    expect(text(approval.Configuration.NotificationArn)).toMatch(/:churn-notifications$/);
    expect(approval.Configuration.CustomData).toContain('#{Source.CommitId}');
    expect(approval.Configuration.CustomData.length).toBeLessThanOrEqual(1000);
  });
  test('of CodeCommit is started by the commit gate alone', () => {
    expect(pipeline.Triggers).toBeUndefined();
    expect(pipeline.Stages[0].Actions[0].Configuration).toMatchObject({
      PollForSourceChanges: 'false', RepositoryName: 'churn', BranchName: 'main',
    });
    const [gate] = resources(pipelineTemplate, 'AWS::StepFunctions::StateMachine');
    expect(JSON.stringify(gate.Properties.Definition)).toContain('"StringMatches":"infra/*"');
  });
  test('of a connection is started by changes of the infrastructure alone', () => {
    const [{ Properties: { Triggers } }] = resources(
      Template.fromStack(pipelineStackOf(DELIVERIES.gitLab)), 'AWS::CodePipeline::Pipeline',
    );
    const push = Triggers[0].GitConfiguration.Push as Json[];
    expect(Triggers[0].GitConfiguration.SourceActionName).toBe('Source');
    const included = push.flatMap(p => p.FilePaths.Includes as string[]);
    ['infra/**', 'config/delivery.json', 'package-lock.json'].forEach(pattern =>
      expect(included.join()).toContain(pattern));
    expect(included.join()).not.toMatch(/model|\*\*\/\*|,\*/);
    push.forEach(p => expect(p.FilePaths.Includes.length).toBeLessThanOrEqual(8));
  });
  test('has no values that are longer than CodePipeline takes, whatever the number of stacks', () => {
    for (const stage of pipeline.Stages as Json[]) {
      const values = (stage.Actions as Json[]).flatMap(action => Object.values(action.Configuration));
      values.forEach(value => expect(text(value).length).toBeLessThanOrEqual(1000));
    }
  });
  test('is not there when the infrastructure is deployed by hand, and cannot be made', () => {
    const byHand = Delivery.of({ ...DELIVERIES.default, infrastructure: { pipeline: false } });
    expect(planOf(byHand).stacks.filter(stack => stack.kind === 'pipeline')).toEqual([]);
    const stack = new Stack(new App(), 'S');
    const key = makeKey(stack, 'Key', 'k', 'd');
    const { bucket } = new PrivateBucket(stack, 'B', { name: 'bucket', key });
    expect(() => new infra.InfrastructurePipeline(stack, 'P', {
      delivery: byHand, key, artifactBucket: bucket,
    })).toThrow(/infrastructure.pipeline/);
  });
  test.each(Object.entries({
    dev: ['333333333333-eu-west-1', '444444444444-us-east-1'],
    preprod: ['222222222222-eu-west-1'],
    prod: ['111111111111-eu-west-1', '111111111111-us-east-1', '555555555555-eu-west-1'],
  }))('of the type %s may take on the roles of the bootstrap of its places and nothing else', (type, wanted) => {
    const deployer = resources(accountsPipeline, 'AWS::IAM::Role').find(r =>
      r.Properties.RoleName === `churn-infrastructuredeployer${type}`)!;
    const assume = (deployer.Properties.Policies[0].PolicyDocument.Statement as Json[]).filter(s =>
      [s.Action].flat().includes('sts:AssumeRole'));
    const roles = assume.flatMap(s => [s.Resource].flat().map(text) as string[]);
    expect(roles.every(role =>
      /:role\/cdk-churn-(deploy|file-publishing)-role-\d{12}-[a-z0-9-]+$/.test(role))).toBe(true);
    const places = [...new Set(roles.map(role => role.split('-role-')[1]))].sort();
    expect(places).toEqual(wanted);
  });
});

test('failed promotions may be told of through the topic', () => {
  const promotion = {
    sourceModelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:999999999999:model-package-group/models',
    targetBucketName: 'promoted',
  };
  const promoting = Template.fromStack(stackOf({
    ...DELIVERIES.default, tooling: { account: '111111111111', region: 'eu-west-1' }, promotion,
  }));
  expect(JSON.stringify(resources(promoting, 'AWS::SNS::TopicPolicy'))).toContain(':alarm:churn-promotionfailures-*');
});

describe.each(Object.entries(CASES))('%s', (_, delivery) => {
  const both = planOf(Delivery.of(delivery)).infrastructure.pipeline ? [stackOf, pipelineStackOf] : [stackOf];
  test.each(both)('has nothing that cdk-nag finds, the stack is protected (%#)', make => {
    const app = new App();
    const stack = make(delivery, app);
    expect(stack.terminationProtection).toBe(true);
    Aspects.of(app).add(new AwsSolutionsChecks());
    app.synth();
    const found = [
      ...Annotations.fromStack(stack).findError('*', Match.stringLikeRegexp('AwsSolutions')),
      ...Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('AwsSolutions')),
    ];
    expect(found.map(f => `${f.id} ${f.entry.data as string}`)).toEqual([]);
  });
});
