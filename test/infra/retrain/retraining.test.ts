import * as fs from 'node:fs';
import * as path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Aspects } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { executionPolicies } from '../../../src/accounts/execution-policy';
import { recorderSettings } from '../../../src/infra/govern/decisions/recorder-settings';
import type { DeliveryOptions } from '../../../src/options/delivery';
import { RetrainingCommit } from '../../../src/options/retraining';
import { MONITORED } from '../../../testing/deliveries/monitored';
import { cleanUp, stacksOf, templatesOf } from '../../../testing/deliveries/synth';
import { planOf } from '../iam/deliveries';

afterAll(cleanUp);

const { app, stacks } = stacksOf(MONITORED);
for (const pack of [new AwsSolutionsChecks({ reports: false }), new NIST80053R5Checks({ reports: false })]) {
  Aspects.of(app).add(pack);
}
const assembly = app.synth();
const [group] = planOf(MONITORED).groups;
const delivery = Template.fromStack(stacks[group.pipelines.stack]);
const [main] = MONITORED.deploymentGroups!;

test('retraining has no finding of AwsSolutions or NIST 800-53 without a written reason', () => {
  const found = assembly.getStackByName(group.pipelines.stack).messages.map(({ id, entry }) => (
    `${id} ${String(entry.data)}`)).filter(text => /AwsSolutions|NIST/.test(text));
  expect(found).toEqual([]);
});

test('the rules take exactly what the group is trained again for', () => {
  const patternOf = (name: string) => Object.values(delivery.findResources('AWS::Events::Rule', {
    Properties: { Name: name },
  }))[0].Properties;
  const { monitorRule, newData, scheduleRule } = group.retraining!;
  expect(patternOf(monitorRule!)).toMatchObject({
    EventBusName: 'churn-events',
    EventPattern: {
      'account': ['444444444444'], 'region': ['eu-west-1'],
      'source': ['sagemaker-cicd.monitoring'], 'detail-type': ['Monitor Run Completed'],
      'detail': {
        project: ['churn'], group: ['main'], environment: ['prod'], outcome: ['violations'], retrain: [true],
      },
    },
  });
  const objects = {
    'source': ['aws.s3'], 'detail-type': ['Object Created'],
    'detail': { bucket: { name: ['churn-data'] }, object: { key: [{ prefix: 'new/' }] } },
  };
  expect(patternOf(newData!.rule)).toMatchObject({
    EventBusName: 'churn-events', EventPattern: { account: ['222222222222'], region: ['eu-west-1'], ...objects },
  });
  expect(patternOf(scheduleRule!)).toMatchObject({ ScheduleExpression: 'rate(7 days)' });
  // In the build account, whose default bus the events of S3 arrive at.
  const build = Template.fromStack(stacks[group.build.stack]);
  build.hasResourceProperties('AWS::Events::Rule', {
    Name: newData!.forwardRule, EventPattern: { account: ['222222222222'], ...objects },
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  });
  expect(JSON.stringify(build.findResources('AWS::SQS::QueuePolicy'))).toContain(`rule/${newData!.forwardRule}`);
});

test('what fails waits, what could never be decided is laid aside, and both have an alarm', () => {
  delivery.hasResourceProperties('AWS::SQS::Queue', {
    RedrivePolicy: { maxReceiveCount: 40 }, KmsMasterKeyId: Match.anyValue(), DelaySeconds: 900,
  });
  delivery.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: `${group.pipelines.failures}-retrainwait`, AlarmActions: [Match.anyValue()],
  });
  const letters = Object.keys(delivery.findResources('AWS::SQS::Queue')).filter(id => /^RetrainingWorkDeadLetters/.test(id));
  const alarms = JSON.stringify(delivery.findResources('AWS::CloudWatch::Alarm'));
  expect(letters).toHaveLength(1);
  expect(alarms).toContain(letters[0]);
});

test('the function gets its settings and its tools', () => {
  const made = delivery.findResources('AWS::Lambda::Function', { Properties: { FunctionName: group.retraining!.function } });
  const [{ Properties: { Code, Handler, Environment } }] = Object.values(made);
  expect(Handler).toBe('retrain.handler');
  expect(Object.keys(Environment.Variables).sort()).toEqual(['QUEUE_URL', 'TABLE']);
  const folder = path.join(assembly.directory, `asset.${(Code.S3Key as string).replace('.zip', '')}`);
  expect(JSON.parse(fs.readFileSync(path.join(folder, 'settings.json'), 'utf8'))).toEqual({
    project: 'churn', group: 'main', bus: 'arn:{partition}:events:eu-west-1:111111111111:event-bus/churn-events',
    pipeline: 'churn-main-build',
    modelPackageGroup: 'arn:{partition}:sagemaker:eu-west-1:222222222222:model-package-group/churn-main',
    commit: 'live', coolDownHours: 12, maxPerDay: 2,
    environments: {
      prod: {
        account: '444444444444', region: 'eu-west-1', reasons: { drift: 'data-quality', quality: 'model-quality' },
      },
    },
    newData: { account: '222222222222', region: 'eu-west-1', bucket: 'churn-data', prefix: 'new/' },
    scheduleRule: `arn:{partition}:events:eu-west-1:111111111111:rule/${group.retraining!.scheduleRule!}`,
  });
});

test('the reason travels from the build pipeline into the build', () => {
  delivery.hasResourceProperties('AWS::CodePipeline::Pipeline', {
    Name: 'churn-main-build', PipelineType: 'V2',
    Variables: [Match.objectLike({ Name: 'RetrainingReason', DefaultValue: 'none' })],
    Stages: Match.arrayWith([Match.objectLike({
      Actions: [Match.objectLike({
        Configuration: Match.objectLike({
          EnvironmentVariables: Match.stringLikeRegexp(
            '"name":"RETRAINING_REASON","value":"#\\{variables.RetrainingReason\\}"',
          ),
        }),
      })],
    })]),
  });
});

test('people are told what monitors found, with the report, and what became of retrainings', () => {
  const inputs = Object.values(delivery.findResources('AWS::Events::Rule')).map(({ Properties }) => (
    [Properties.Name as string, JSON.stringify(Properties)] as const));
  const told = (kind: string) => inputs.find(([name]) => name === `${group.pipelines.failures}-${kind}`)![1];
  expect(told('monitors')).toContain('/s3/object/<bucket>?region=<region>&prefix=<key>');
  expect(told('monitors')).toContain('"outcome":["violations","broken"]');
  expect(told('monitors')).toContain('"environment":["scores","staging","prod"]');
  expect(told('monitorruns')).toContain(`stateMachine:${group.environments[2].monitoring!.stateMachine}`);
  // The error has one name for all, and the cause has quotation marks.
  expect(told('monitorruns')).not.toMatch(/<error>|<cause>/);
  expect(told('monitorruns')).toContain('/aws/sagemaker/ProcessingJobs');
  expect(told('retraining')).toContain('Why: <reason>');
  expect(told('retrainheld')).toContain('Held back because <why>');
  // An alarm that stays is for what is not as it should be.
  const alarms = Object.values(delivery.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => (
    Properties.AlarmName as string));
  const ours = ['monitors', 'monitorruns', 'retraining', 'retrainheld'].map(kind => `${group.pipelines.failures}-${kind}`);
  expect(ours.filter(name => alarms.includes(name))).toEqual(ours.slice(0, 2));
});

test('who compares approvers with starters knows that the function is no person', () => {
  const { ownRoles } = recorderSettings(planOf(MONITORED)) as { ownRoles: string[] };
  expect(ownRoles).toContain(group.roles.retrainer!.arn);
});

test('the bootstrap of the tooling account lets CloudFormation make the function', () => {
  const actions = executionPolicies(planOf(MONITORED), '111111111111', 'aws').flatMap(({ document }) => (
    document.Statement.flatMap(({ Action }) => Action)));
  expect(actions).toEqual(expect.arrayContaining([
    'lambda:CreateFunction', 'lambda:CreateEventSourceMapping', 'dynamodb:UpdateTimeToLive',
  ]));
  const bare = executionPolicies(planOf({ ...MONITORED, deploymentGroups: [{ name: 'main' }] }), '111111111111', 'aws');
  expect(JSON.stringify(bare)).not.toContain('lambda:CreateFunction');
});

test('a group without anything that asks for it has nothing of it', () => {
  const bare: DeliveryOptions = { ...MONITORED, retraining: undefined, deploymentGroups: [{ name: 'main' }] };
  expect(planOf(bare).groups[0].retraining).toBeUndefined();
  const template = templatesOf(bare)['churn-main-delivery'];
  expect(Object.keys(template.findResources('AWS::Lambda::Function'))).toEqual([]);
});

test("a group's option replaces the project's as a whole", () => {
  const options = (retraining?: object): DeliveryOptions => ({
    ...MONITORED, retraining: { schedule: 'rate(2 days)', coolDownHours: 48, commit: RetrainingCommit.HEAD },
    deploymentGroups: [{ ...main, retraining }],
  });
  expect(planOf(options()).groups[0].retraining!.settings).toMatchObject({
    schedule: 'rate(2 days)', coolDownHours: 48, commit: 'head',
  });
  const { settings, scheduleRule } = planOf(options({ maxPerDay: 3 })).groups[0].retraining!;
  expect(settings).toEqual({ commit: 'live', coolDownHours: 24, maxPerDay: 3 });
  expect(scheduleRule).toBeUndefined();
});
