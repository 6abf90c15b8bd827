import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { App, Aspects, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ACCOUNTS } from './accounts';
import { infra } from '../../src';
import { Delivery } from '../../src/delivery/delivery';
import { makeKey } from '../../src/infra/shared/own-key';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { type Json, resources } from '../../testing/deliveries/synth';

interface Made {
  readonly stack: Stack;
  readonly alarms: infra.FailureAlarms;
}

interface More {
  readonly group?: string;
  readonly topic?: boolean;
  readonly queues?: number;
}

function make(delivery: DeliveryOptions, more: More = {}, app = new App()): Made {
  const stack = new Stack(app, 'Stack', { env: delivery.tooling });
  const key = makeKey(stack, 'Key', 'key', 'a key');
  const alarms = new infra.FailureAlarms(stack, 'Failures', {
    delivery: Delivery.of(delivery),
    key,
    group: more.group,
    topic: more.topic ? sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111111111111:mine') : undefined,
    deadLetterQueues: Array.from({
      length: more.queues
      ?? 0,
    }, (_, i) => sqs.Queue.fromQueueArn(stack, `Queue${i}`, `arn:aws:sqs:eu-west-1:111111111111:gate${i}`)),
  });
  return { stack, alarms };
}

const { stack, alarms } = make(DELIVERIES.default);
const template = Template.fromStack(stack);
const rules = resources(template, 'AWS::Events::Rule').map(r => r.Properties);
const metricAlarms = resources(template, 'AWS::CloudWatch::Alarm').map(a => a.Properties);

test('each kind of failure has a rule and an alarm with the same name', () => {
  const names = [
    'pipelines', 'canceled', 'gates', 'upgrade', 'training', 'seal', 'alarms', 'live', 'broken', 'astray', 'leftover',
    'rolledback', 'firing', 'record',
  ].map(kind => `churn-main-failures-${kind}`);
  expect(rules.map(r => r.Name)).toEqual(names);
  expect(metricAlarms.map(a => a.AlarmName)).toEqual([...names, 'churn-main-failures-undelivered']);
  expect(alarms.rules).toHaveLength(14);
  expect(alarms.alarms).toHaveLength(15);
});

test('alarms count what their rule sees: on the default bus by its name, on the delivery\'s by both names', () => {
  for (const rule of rules) {
    const alarm = metricAlarms.find(a => a.AlarmName === rule.Name);
    const bus = rule.EventBusName === undefined ? [] : [{ Name: 'EventBusName', Value: 'churn-events' }];
    expect(alarm).toMatchObject({
      Namespace: 'AWS/Events', MetricName: 'TriggeredRules', Statistic: 'Sum', Threshold: 1,
      TreatMissingData: 'notBreaching',
      Dimensions: [...bus, { Name: 'RuleName', Value: rule.Name as string }],
    });
  }
  expect(rules.filter(r => r.EventBusName === 'churn-events').map(r =>
    r.Name)).toEqual([
    'training', 'seal', 'alarms', 'live', 'broken', 'astray', 'leftover', 'rolledback', 'firing',
  ].map(kind => `churn-main-failures-${kind}`));
});

test('a deployment that was canceled, and no other pipeline, is told of with what starts its package again', () => {
  const rule = rules.find(r => r.Name === 'churn-main-failures-canceled')!;
  expect(rule.EventPattern.detail).toEqual({ state: ['CANCELED'], pipeline: ['churn-main-deploy'] });
  expect(JSON.stringify(rule.Targets[0].InputTransformer.InputTemplate)).toContain(
    'aws codepipeline start-pipeline-execution --name churn-main-deploy --variables '
      + 'name=ModelPackageArn,value=PACKAGE_ARN --region <region>');
});

test('events that no account could forward are told of, whichever it is', () => {
  const rule = rules.find(r => r.Name === 'churn-main-failures-alarms')!;
  expect(JSON.stringify(rule.EventPattern.resources).match(/alarm:[a-z-]+/g)).toEqual([
    'alarm:churn-main-undelivered', 'alarm:churn-main-staging-undelivered', 'alarm:churn-main-prod-undelivered',
  ]);
});

test('a version that was rolled back is told of with why, what serves, and both commands that go on', () => {
  const rule = rules.find(r => r.Name === 'churn-main-failures-rolledback')!;
  const text = JSON.stringify(rule.Targets[0].InputTransformer.InputTemplate);
  for (const words of [
    'Why: <reason>', '<environment> serves: <serves>.',
    'aws codepipeline start-pipeline-execution --name churn-main-deploy --region <region> --variables '
      + 'name=ModelPackageArn,value=<package> name=RetryIn,value=<environment>',
    'aws codepipeline start-pipeline-execution --name churn-main-deploy --region <region> --variables '
      + 'name=RollBackIn,value=<environment>',
  ]) { expect(text).toContain(words); }
});

test('a pipeline that failed is told of with the command that tries its stage again from the first action', () => {
  const rule = rules.find(r => r.Name === 'churn-main-failures-pipelines')!;
  expect(JSON.stringify(rule.Targets[0].InputTransformer.InputTemplate)).toContain(
    'aws codepipeline retry-stage-execution --pipeline-name <pipeline> --stage-name STAGE --pipeline-execution-id '
      + '<execution> --retry-mode ALL_ACTIONS --region <region>');
});

test('every rule tells the delivery\'s topic, tries for a day and keeps what it cannot send', () => {
  for (const { Targets } of rules) {
    expect(Targets).toHaveLength(1);
    expect(JSON.stringify(Targets[0].Arn)).toContain(':churn-notifications"');
    expect(Targets[0]).toMatchObject({
      RetryPolicy: { MaximumEventAgeInSeconds: 86400 }, DeadLetterConfig: {
        Arn: { 'Fn::GetAtt': [expect.stringContaining('Undelivered'), 'Arn'] },
      },
    });
    // EventBridge user guide: topics are reached through their own policy, never with a role.
    expect(Targets[0].RoleArn).toBeUndefined();
  }
});

test('the dead-letter queue takes messages of these rules alone, keeps them for 14 days, and its alarm tells the '
  + 'topic', () => {
  expect(resources(template, 'AWS::SQS::Queue')).toMatchObject([{
    Properties: {
      MessageRetentionPeriod: 1209600, QueueName: 'churn-main-failures-undelivered',
      KmsMasterKeyId: expect.anything() as Json,
    },
  }]);
  const statements = resources(template, 'AWS::SQS::QueuePolicy').flatMap(p =>
    p.Properties.PolicyDocument.Statement as Json[]);
  const allowed = statements.filter(s => s.Effect === 'Allow');
  expect(allowed).toMatchObject([{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' }]);
  expect(allowed[0].Condition.ArnEquals['aws:SourceArn']).toHaveLength(rules.length);
  const alarm = metricAlarms.at(-1)!;
  expect(alarm).toMatchObject({
    Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum',
  });
  expect(JSON.stringify(alarm.AlarmActions)).toContain(':churn-notifications"');
});

test('further dead-letter queues get an alarm each', () => {
  const more = resources(Template.fromStack(make(DELIVERIES.default, { queues: 2 }).stack), 'AWS::CloudWatch::Alarm')
    .map(a => a.Properties)
    .slice(-2);
  expect(more).toMatchObject([
    { AlarmName: 'churn-main-failures-queue1', Dimensions: [{ Name: 'QueueName', Value: 'gate0' }] },
    { AlarmName: 'churn-main-failures-queue2', Dimensions: [{ Name: 'QueueName', Value: 'gate1' }] },
  ]);
});

test('a topic that is given, or that the delivery names, is told instead', () => {
  const told = (made: Stack) =>
    new Set(resources(Template.fromStack(made), 'AWS::Events::Rule').map(r => r.Properties.Targets[0].Arn as string));
  expect(told(make(DELIVERIES.default, { topic: true }).stack)).toEqual(new Set([
    'arn:aws:sns:eu-west-1:111111111111:mine',
  ]));
  expect(told(make(ACCOUNTS, { group: 'dev' }).stack)).toEqual(new Set([
    'arn:aws:sns:eu-west-1:111111111111:operations',
  ]));
});

describe('over several accounts', () => {
  const found = resources(Template.fromStack(make(ACCOUNTS, { group: 'main' }).stack), 'AWS::Events::Rule').map(r =>
    r.Properties);
  const pattern = (kind: string) => found.find(r => r.Name === `churn-main-failures-${kind}`)!.EventPattern as Json;

  test('training and alarms are those of exactly the build account, its own events those of the tooling '
    + 'account', () => {
    expect(pattern('training')).toMatchObject({
      account: ['222222222222'], region: ['eu-west-1'],
      detail: { currentPipelineExecutionStatus: ['Failed', 'Stopped', 'CompletedWithFailures'] },
    });
    expect(JSON.stringify(pattern('training').detail.pipelineArn)).toContain(
      ':sagemaker:eu-west-1:222222222222:pipeline/churn-main"',
    );
    expect(JSON.stringify(pattern('alarms').resources)).toContain(
      ':cloudwatch:eu-west-1:222222222222:alarm:churn-main-undelivered"',
    );
    for (const kind of ['live', 'broken', 'astray', 'leftover']) {
      expect(pattern(kind)).toMatchObject({
        account: ['111111111111'], detail: { project: ['churn'], group: ['main'] },
      });
    }
  });
  test('an upgrade is the business of the first group alone', () => {
    expect(found.map(r => r.Name)).not.toContain('churn-main-failures-upgrade');
  });
});

test('a scheduled upgrade behind a connection is a pipeline among the others', () => {
  const found = resources(Template.fromStack(make(DELIVERIES.gitLab).stack), 'AWS::Events::Rule').map(r =>
    r.Properties);
  expect(found.find(r => r.Name === 'churn-main-failures-pipelines').EventPattern.detail.$or).toEqual([
    { state: ['FAILED', 'STOPPED'], pipeline: ['churn-main-build', 'churn-main-deploy', 'churn-main-upgrade'] },
    { state: ['CANCELED'], pipeline: ['churn-main-build', 'churn-main-upgrade'] },
  ]);
  expect(found.map(r => r.Name)).not.toContain('churn-main-failures-upgrade');
});

test('cdk-nag finds nothing without a written reason', () => {
  const app = new App();
  const made = make(DELIVERIES.default, {}, app).stack;
  Aspects.of(app).add(new AwsSolutionsChecks());
  app.synth();
  expect(Annotations.fromStack(made).findError('*', Match.stringLikeRegexp('AwsSolutions')).map(f =>
    `${f.id} ${f.entry.data as string}`)).toEqual([]);
});

test('a group that there is none of is named with those there are', () => {
  expect(() => make(ACCOUNTS, { group: 'x' })).toThrow(/one of dev, main/);
});
