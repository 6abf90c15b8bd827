import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Aspects } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { cleanUp, type Json, resources, stacksOf } from '../../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';

afterAll(cleanUp);

const { app, cicd } = stacksOf(BY_WORKFLOWS.workflowsGxp);
for (const scope of [app, cicd.endpoints]) {
  Aspects.of(scope).add(new AwsSolutionsChecks({ reports: false }));
  Aspects.of(scope).add(new NIST80053R5Checks({ reports: false }));
}
const assembly = app.synth();
const [stack] = assembly.stacksRecursively.filter(({ stackName }) => stackName === 'churn-governance');
const template = Template.fromJSON(stack.template as { [key: string]: unknown });
const all = (type: string): Json[] => resources(template, type).map(one => one.Properties);
const MACHINES = ['churn-main-decisions', 'churn-infrastructuredecisions'];

test('a delivery of workflows with every control has no finding without a written reason', () => {
  const found = assembly.stacksRecursively.flatMap(({ messages }) => messages)
    .map(({ id, entry }) => `${id} ${String(entry.data)}`).filter(text => /AwsSolutions|NIST/.test(text));
  expect(found).toEqual([]);
});

test('people decide by starting machines that do nothing and keep what they were started with', () => {
  const machines = all('AWS::StepFunctions::StateMachine');
  expect(machines.map(({ StateMachineName }) => StateMachineName as string)).toEqual(MACHINES);
  for (const { StateMachineType, Definition, LoggingConfiguration } of machines) {
    // An express execution cannot be described (Step Functions API reference, DescribeExecution).
    expect(StateMachineType).toBe('STANDARD');
    expect(Object.values(Definition.States as object).map((state: Json) => state.Type as string)).toEqual(['Succeed']);
    expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: true });
  }
});

test('the recorder hears of their starts, and of no others', () => {
  const [rule] = all('AWS::Events::Rule').filter(({ Name }) => Name === 'churn-starteddecisions');
  expect(rule.EventBusName).toBeUndefined();
  expect(rule.EventPattern).toMatchObject({
    'source': ['aws.states'], 'detail-type': ['AWS API Call via CloudTrail'], 'detail': { eventName: ['StartExecution'] },
  });
  const about = JSON.stringify(rule.EventPattern.detail.requestParameters.stateMachineArn);
  for (const name of MACHINES) { expect(about).toContain(`:stateMachine:${name}"`); }
  const allowed = all('AWS::SQS::QueuePolicy').map(policy => JSON.stringify(policy)).join();
  const [id] = Object.entries(template.findResources('AWS::Events::Rule'))
    .filter(([, { Properties }]) => (Properties as Json).Name === 'churn-starteddecisions').map(([name]) => name);
  expect(allowed).toContain(id);
});

test('the tools have everything that they import, and where the records are', () => {
  const folders = fs.readdirSync(assembly.directory).filter(name => name.startsWith('asset.'))
    .map(name => path.join(assembly.directory, name));
  const [recorder] = folders.filter(folder => fs.existsSync(path.join(folder, 'governance.json')));
  const [changes] = folders.filter(folder => fs.existsSync(path.join(folder, 'stages.json')));
  for (const folder of [recorder, changes]) {
    const here = fs.readdirSync(folder).filter(file => file.endsWith('.py')).map(file => path.basename(file, '.py'));
    const ours = new Set(fs.readdirSync('tools', { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.py')).map(file => path.basename(file, '.py')).concat('records'));
    const imported = here.flatMap(name => [...fs.readFileSync(path.join(folder, `${name}.py`), 'utf8').matchAll(
      /^(?:from|import) (\w+)/gm)].map(([, module]) => module)).filter(name => ours.has(name));
    expect(imported.filter(name => !here.includes(name))).toEqual([]);
  }
  expect(JSON.parse(fs.readFileSync(path.join(changes, 'stages.json'), 'utf8'))).toMatchObject({
    chain: 'infrastructure', evidence: { bucket: 'churn-evidence-999999999999-eu-west-1', account: '999999999999' },
  });
  const settings = JSON.parse(fs.readFileSync(path.join(recorder, 'governance.json'), 'utf8')) as Json;
  expect(settings.groups[0]).toMatchObject({
    workflows: { build: 'build-main.yml', branch: 'main', requests: 'churn-main-requests' },
    decisions: 'arn:{partition}:states:eu-west-1:111111111111:stateMachine:churn-main-decisions',
  });
});
