import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Aspects, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { infra } from '../../../src';
import { Delivery } from '../../../src/delivery/delivery';
import { makeKey } from '../../../src/infra/shared/own-key';
import type { DeliveryOptions } from '../../../src/options/delivery';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, stacksOf } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const GXP = DELIVERIES.gxp;
const governed = (more: object): DeliveryOptions => ({ ...GXP, governance: { ...GXP.governance, ...more } });

function governanceStack(delivery: DeliveryOptions): Stack {
  const { stacks } = stacksOf(delivery);
  return stacks['churn-governance'];
}

const template = Template.fromStack(governanceStack(GXP));
const rules = resources(template, 'AWS::Events::Rule').map(rule => rule.Properties);
const ruleNamed = (name: string): Json => rules.find(rule => rule.Name === name);

test('registered versions reach the rules and Jira, each only those of its groups', () => {
  expect(ruleNamed('churn-approvals-rulework').EventPattern.detail).toEqual({
    ModelPackageGroupName: ['churn-dev'], ModelApprovalStatus: ['PendingManualApproval'],
  });
  expect(ruleNamed('churn-approvals-jirawork').EventPattern.detail.ModelPackageGroupName)
    .toEqual(['churn-dev', 'churn-main']);
  expect(ruleNamed('churn-approvals-jirawork').EventBusName).toBe('churn-events');
  expect(ruleNamed('churn-approvals-jiralook')).toMatchObject({ ScheduleExpression: 'rate(15 minutes)' });
});

test('the build accounts forward versions that wait only where something decides about them', () => {
  const statuses = (delivery: DeliveryOptions, group: string) => {
    const found = resources(Template.fromStack(stacksOf(delivery).stacks[`churn-${group}-build`]), 'AWS::Events::Rule');
    return found.map(rule => rule.Properties.EventPattern.detail?.ModelApprovalStatus).filter(Boolean)[0];
  };
  expect(statuses(GXP, 'main')).toEqual(['Approved', 'Rejected', 'PendingManualApproval']);
  expect(statuses(governed({ jira: undefined }), 'main')).toEqual(['Approved', 'Rejected']);
  expect(statuses(governed({ jira: undefined }), 'dev')).toEqual(['Approved', 'Rejected', 'PendingManualApproval']);
});

test('nothing is lost: what cannot be handed on or done is laid aside, and an alarm tells', () => {
  const queues = template.findResources('AWS::SQS::Queue');
  const aside = Object.values(queues).flatMap((queue: Json) => queue.Properties.RedrivePolicy?.deadLetterTargetArn
    ?.['Fn::GetAtt']?.[0] ?? []);
  expect(aside).toHaveLength(3);
  const alarms = resources(template, 'AWS::CloudWatch::Alarm').map(alarm => alarm.Properties);
  const watched = alarms.filter(alarm => alarm.MetricName === 'ApproximateNumberOfMessagesVisible')
    .map(alarm => alarm.Dimensions[0].Value['Fn::GetAtt'][0]);
  expect(watched).toEqual(expect.arrayContaining(aside));
  expect(alarms.every(alarm => alarm.AlarmActions !== undefined || alarm.Namespace === 'AWS/Events')).toBe(true);
  for (const rule of rules) {
    for (const target of rule.Targets) { expect(target.DeadLetterConfig).toBeDefined(); }
  }
  for (const source of resources(template, 'AWS::Lambda::EventSourceMapping')) {
    expect(source.Properties).toMatchObject({ BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  }
});

test('a message comes again only when its function has surely ended', () => {
  const functions = template.findResources('AWS::Lambda::Function');
  const queues = template.findResources('AWS::SQS::Queue');
  for (const { Properties: source } of resources(template, 'AWS::Lambda::EventSourceMapping')) {
    const { Timeout: timeout } = functions[source.FunctionName.Ref].Properties;
    const { VisibilityTimeout: hidden } = queues[source.EventSourceArn['Fn::GetAtt'][0]].Properties;
    expect(hidden).toBeGreaterThanOrEqual(6 * timeout);
  }
});

test('the webhook can decide nothing', () => {
  const [role] = resources(template, 'AWS::IAM::Role').filter(r => r.Properties.RoleName === 'churn-jirawebhook');
  const actions = role.Properties.Policies[0].PolicyDocument.Statement.flatMap((s: Json) => s.Action);
  expect(actions).not.toContain('sts:AssumeRole');
  expect(actions.filter((action: string) => /^(sagemaker|s3|iam|lambda):/.test(action))).toEqual([]);
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'churn-jirawebhook', ReservedConcurrentExecutions: 5,
  });
  template.resourceCountIs('AWS::Lambda::Url', 1);
  template.resourceCountIs('AWS::Lambda::Permission', 2);
  template.hasOutput('*', { Value: Match.objectLike({ 'Fn::GetAtt': Match.arrayWith(['FunctionUrl']) }) });
});

test('who approves by rule can neither reject nor approve in a group that no rule is for', () => {
  const roles = (group: string) => resources(
    Template.fromStack(stacksOf(GXP).stacks[`churn-${group}-build`]), 'AWS::IAM::Role',
  ).map(role => role.Properties);
  expect(roles('main').map(role => role.RoleName)).not.toContain('churn-main-ruleapprover');
  const rule = roles('dev').find(role => role.RoleName === 'churn-dev-ruleapprover');
  const update = rule.Policies[0].PolicyDocument.Statement.find((s: Json) => s.Action === 'sagemaker:UpdateModelPackage');
  expect(update.Condition.StringEquals['sagemaker:ModelApprovalStatus']).toEqual(['Approved']);
});

test('decisions are told with who, what and why; only what went wrong has an alarm', () => {
  const [target] = ruleNamed('churn-approvals-recorded').Targets;
  const told = target.InputTransformer.InputTemplate as string;
  for (const part of ['<by>', '<as>', '<why>', '<meaning>', '<about>', '<number>']) { expect(told).toContain(part); }
  const alarms = resources(template, 'AWS::CloudWatch::Alarm').map(alarm => alarm.Properties.AlarmName);
  expect(alarms).toEqual(expect.arrayContaining(['churn-approvals-refused', 'churn-approvals-jira']));
  expect(alarms).not.toContain('churn-approvals-recorded');
  expect(alarms).not.toContain('churn-approvals-rules');
});

test.each(Object.entries({ ruleApproval: infra.RuleApproval, jira: infra.JiraApproval }))('alone, %s needs its '
  + 'option', (option, Made) => {
  const make = (more: object) => {
    const stack = new Stack(new App(), 'Stack', { env: GXP.tooling });
    return new Made(stack, 'Made', {
      delivery: Delivery.of(governed(more)), key: makeKey(stack, 'Key', 'key', 'a key'),
    });
  };
  expect(make({}).queue).toBeDefined();
  expect(() => make({ [option]: undefined })).toThrow(`governance.${option}`);
});

test('without both nothing but the messages is made', () => {
  const bare = Template.fromStack(governanceStack(governed({ jira: undefined, ruleApproval: undefined })));
  bare.resourceCountIs('AWS::Lambda::Url', 0);
  bare.resourceCountIs('AWS::DynamoDB::Table', 0);
});

test.each([
  ['AwsSolutions', new AwsSolutionsChecks({ reports: false })],
  ['NIST.800.53.R5', new NIST80053R5Checks({ reports: false })],
] as const)('cdk-nag %s finds nothing in the governance stack without a written reason', (pack, checks) => {
  const { app } = stacksOf(GXP);
  Aspects.of(app).add(checks);
  const [stack] = app.synth().stacksRecursively.filter(made => made.stackName === 'churn-governance');
  expect(stack.messages.filter(m => /^(error|warning)$/.test(m.level) && String(m.entry.data).includes(pack))
    .map(m => `${m.id} ${String(m.entry.data).slice(0, 160)}`)).toEqual([]);
});
