import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { cleanUp, type Json, resources, stacksOf } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';
import { ROOT } from '../../../testing/harness/process';

jest.setTimeout(180_000);
afterAll(cleanUp);

const PREFIX = 'churn-infrastructurefailures-';
const stackOf = (name: string) => (
  Template.fromStack(stacksOf(BY_WORKFLOWS[name]).stacks['churn-infrastructureworkflow']));
const templates = Object.fromEntries(Object.keys(BY_WORKFLOWS).map(name => [name, stackOf(name)]));
const rulesOf = (name: string): { [kind: string]: Json } => Object.fromEntries(
  resources(templates[name], 'AWS::Events::Rule').map(({ Properties }) => [
    (Properties.Name as string).replace(PREFIX, ''), Properties,
  ]));

test.each(Object.keys(BY_WORKFLOWS))('people hear of failures of %s, and of stages that wait for them', name => {
  const rules = rulesOf(name);
  expect(Object.keys(rules)).toEqual(['workflows', 'awaited']);
  const said = fs.readFileSync(path.join(ROOT, 'tools', 'infrastructure', 'telling.py'), 'utf8');
  for (const { EventPattern: pattern } of Object.values(rules)) {
    expect(said).toContain(` = "${pattern['detail-type'][0]}"\n`);
    expect(pattern.source).toEqual(['sagemaker-cicd-projen']);
    expect(pattern.detail).toEqual({ project: ['churn'] });
  }
  // What waits is as it should be.
  const alarms = resources(templates[name], 'AWS::CloudWatch::Alarm').map(alarm => alarm.Properties.AlarmName);
  expect(alarms).toEqual([`${PREFIX}workflows`, `${PREFIX}undelivered`]);
});

test('what people are to do depends on where they approve', () => {
  const asked = (name: string) => JSON.stringify(rulesOf(name).awaited.Targets[0].InputTransformer);
  expect(asked('workflows')).toContain(
    'npx projen deployment:approve -- --infrastructure <stage> --digest <digest> --run <id>');
  expect(asked('workflowsOfAccounts')).toContain('The reviewers of the environment answer there');
  expect(asked('workflowsOfAccounts')).not.toContain('deployment:approve');
});

test('who shows changes may tell the bus of the infrastructure, and of nothing that starts something', () => {
  const role = resources(templates.workflows, 'AWS::IAM::Role')
    .find(({ Properties }) => Properties.RoleName === 'churn-infrastructurediffer');
  const policies = JSON.stringify([role, ...resources(templates.workflows, 'AWS::IAM::Policy')]);
  expect(policies).toContain(
    '"events:detail-type":["Infrastructure Awaits Approval","Infrastructure Workflow Failed"]');
  expect(policies).toContain('"Null":{"events:source":"false","events:detail-type":"false"}');
});

test.each(Object.keys(BY_WORKFLOWS))('no line of a message of %s has quotation marks within its own', name => {
  const delivery = Template.fromStack(stacksOf(BY_WORKFLOWS[name]).stacks['churn-main-delivery']);
  const lines = [templates[name], delivery].flatMap(each => resources(each, 'AWS::Events::Rule'))
    .flatMap(({ Properties }) => Properties.Targets as Json[])
    .flatMap(({ InputTransformer: made }) => made?.InputTemplate ?? [])
    .flatMap(template => (typeof template === 'string' && template.startsWith('"') ? template.split('\n') : []));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter(line => !/^"[^"]*"$/.test(line))).toEqual([]);
});
