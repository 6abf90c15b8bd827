import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { patienceSeconds } from '../../../src/plan/workflows/patience';
import { cleanUp, type Json, resources, stacksOf } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';
import { ROOT } from '../../../testing/harness/process';

jest.setTimeout(180_000);
afterAll(cleanUp);

const PREFIX = 'churn-main-failures-';
const template = (name: string) => Template.fromStack(stacksOf(BY_WORKFLOWS[name]).stacks['churn-main-delivery']);
const templates = Object.fromEntries(Object.keys(BY_WORKFLOWS).map(name => [name, template(name)]));
const rulesOf = (name: string): { [kind: string]: Json } => Object.fromEntries(
  resources(templates[name], 'AWS::Events::Rule').map(rule => rule.Properties)
    .filter(({ Name }) => (Name as string).startsWith(PREFIX))
    .map(properties => [(properties.Name as string).slice(PREFIX.length), properties]));
const said = (rule: Json) => JSON.stringify(rule.Targets[0].InputTransformer.InputTemplate);

/** Detail types that the tools have. */
const typesOf = (file: string) => (
  fs.readFileSync(path.join(ROOT, 'tools', file), 'utf8').match(/^[A-Z_]+ = "([^"]+)"$/gm) ?? []).join('\n');

test('what is told of depends on who starts runs and who approves', () => {
  const ours = ['workflows', 'nottaken', 'notstarted', 'awaited', 'pipelines', 'canceled'];
  const told = (name: string) => Object.keys(rulesOf(name)).filter(kind => ours.includes(kind));
  expect(told('workflows')).toEqual(['workflows', 'nottaken', 'awaited']);
  expect(told('workflowsOfAccounts')).toEqual(['workflows', 'nottaken', 'notstarted']);
});

test.each(Object.keys(BY_WORKFLOWS))('nothing of %s speaks of pipelines that deploy, or of their console', name => {
  const texts = [
    ...Object.values(rulesOf(name)).flatMap(rule => [said(rule), rule.Description as string]),
    ...resources(templates[name], 'AWS::CloudWatch::Alarm').map(alarm => JSON.stringify(alarm.Properties.AlarmDescription)),
    ...resources(templates[name], 'AWS::StepFunctions::StateMachine').map(({ Properties }) => JSON.stringify(Properties)),
  ];
  expect(texts.filter(text => /codepipeline|deploy pipeline|build pipeline|start the pipeline|PIPELINE/i.test(
    text.replace(/SageMaker pipeline|list-pipeline-execution-steps|--pipeline-execution-arn|pipeline status/g, ''),
  ))).toEqual([]);
});

test('a run that failed is told of with its address, as its last job says', () => {
  const rule = rulesOf('workflows').workflows;
  expect(rule).toMatchObject({
    EventBusName: 'churn-events',
    EventPattern: {
      'account': ['111111111111'], 'source': ['sagemaker-cicd.requests'], 'detail-type': ['Workflow Failed'],
      'detail': { project: ['churn'], group: ['main'] },
    },
  });
  expect(rule.Targets[0].InputTransformer.InputPathsMap.run).toBe('$.detail.run');
  expect(said(rule)).toContain('Look at <run>');
  expect(typesOf('deploy/workflow_requests.py')).toContain('RUN_FAILED = "Workflow Failed"');
});

test('what an App cannot start, and what waits for a person, is told of as the tools say it', () => {
  const { notstarted } = rulesOf('workflowsOfAccounts');
  expect(notstarted.EventPattern['detail-type']).toEqual(['Workflow Not Started']);
  expect(said(notstarted)).toContain('Why: <why>');
  expect(typesOf('start/start.py')).toContain('NOT_STARTED = "Workflow Not Started"');
  const { awaited } = rulesOf('workflows');
  expect(awaited.EventPattern).toMatchObject({
    'source': ['sagemaker-cicd-projen'], 'detail-type': ['Deployment Awaits Approval'],
  });
  expect(said(awaited)).toContain(
    'npx projen deployment:approve -- --environment <environment> --run <run> --group main');
  const recorded = rulesOf('workflowsGxp').awaited;
  expect(said(recorded)).toContain('--run <run> --group main --version <version>');
  expect(recorded.Targets[0].InputTransformer.InputPathsMap.version).toBe('$.detail.version');
  expect(said(awaited)).toContain('https://github.com/acme/churn/actions/runs/<run>');
  expect(typesOf('deploy/tell.py')).toContain('AWAITED = "Deployment Awaits Approval"');
  // Nothing stays in the list of alarms for what is as it should be.
  const alarms = resources(templates.workflows, 'AWS::CloudWatch::Alarm').map(alarm => alarm.Properties.AlarmName as string);
  expect(alarms).toContain(`${PREFIX}workflows`);
  expect(alarms).not.toContain(`${PREFIX}awaited`);
});

test('a version that was rolled back is told of with the commands that go on', () => {
  const text = said(rulesOf('workflows').rolledback);
  for (const words of [
    'npx projen deployment:retry -- --environment <environment> --version <version> --group main',
    'npx projen rollback -- --environment <environment> --group main',
    'https://github.com/acme/churn/actions/workflows/deploy-main.yml',
  ]) { expect(text).toContain(words); }
});

test('a gate that fails says that a request may wait for a run', () => {
  expect(said(rulesOf('workflows').gates)).toContain('DeploymentNotTaken');
});

test('a retraining is looked for among the runs of the workflow that builds', () => {
  const { retraining, retrainheld } = rulesOf('workflowsOfAccounts');
  expect(said(retraining)).toContain('https://github.com/acme/churn/actions/workflows/build-main.yml');
  expect(said(retrainheld)).toContain('To train now, start the workflow build-main.');
});

test('a run that failed or was lost has what it tried recorded: its own step may have died with its runner', () => {
  for (const each of Object.values(templates)) {
    const rules = resources(each, 'AWS::Events::Rule').map(({ Properties }) => Properties);
    const [record] = rules.filter(({ Name }) => Name === 'churn-main-record');
    expect(record).toMatchObject({
      EventBusName: 'churn-events',
      EventPattern: {
        'source': ['sagemaker-cicd.requests'], 'detail-type': ['Workflow Failed'],
        'detail': { project: ['churn'], group: ['main'], kind: ['deploy'], execution: [{ prefix: 'gh-' }, { prefix: 'gl-' }] },
      },
    });
    expect(record.Targets[0].InputTransformer.InputPathsMap).toEqual({ EXECUTION_ID: '$.detail.execution' });
    expect(rules.map(({ Name }) => Name as string)).toContain('churn-main-serving');
  }
});

test('whatever a workflow is asked for is watched, and people hear of what no run takes', () => {
  for (const each of Object.values(templates)) {
    const rules = resources(each, 'AWS::Events::Rule').map(({ Properties }) => Properties);
    const [watch] = rules.filter(({ Name }) => Name === 'churn-main-requestwatch');
    expect(watch.EventPattern['detail-type']).toEqual(['Workflow Requested']);
    expect(watch.EventPattern.detail).toEqual({ project: ['churn'], group: ['main'] });
  }
  const { nottaken } = rulesOf('workflows');
  expect(nottaken.EventPattern['detail-type']).toEqual(['Workflow Not Taken']);
  for (const words of ['gh workflow run deploy-main.yml', 'gh workflow run build-main.yml --ref main']) {
    expect(said(nottaken)).toContain(words);
  }
});

test.each([
  ['41 * * * *', 4], ['*/15 * * * *', 4], ['41 6-18 * * 1-5', 25], ['41 5 * * *', 25], ['0 */6 * * *', 25],
])('with the schedule %s people are told after %i hours that nobody takes a request', (sweepSchedule, hours) => {
  expect(patienceSeconds({ sweepSchedule })).toBe(hours * 3600);
  const app = { appId: '1', installationId: '1', keyArn: 'x' };
  expect(patienceSeconds({ sweepSchedule, app })).toBe(4 * 3600);
});
