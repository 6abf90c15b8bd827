import * as fs from 'node:fs';
import * as path from 'node:path';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { App, Aspects, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { Delivery, infra } from '../../../src';
import { GOVERNANCE_SOURCE, RECORDED, REFUSED } from '../../../src/infra/govern/governance-events';
import type { DeliveryOptions } from '../../../src/options/delivery';
import { SourceType } from '../../../src/options/source';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../../testing/deliveries/synth';

afterAll(cleanUp);

const { gxp } = DELIVERIES;
const governed = (more: object): DeliveryOptions => ({ ...gxp, governance: { ...gxp.governance, ...more } });
const without: DeliveryOptions = governed({
  approvalRecords: false, separationOfDuties: false, ruleApproval: undefined, jira: undefined,
});
const github: DeliveryOptions = {
  ...governed({ sourceTokenArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:ml/github-AbCdEf' }),
  source: {
    type: SourceType.GITHUB, repository: 'team/churn',
    connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd',
  },
};

function alone(delivery: DeliveryOptions): Stack {
  const stack = new Stack(new App(), 'Governance', { env: { account: '111111111111', region: 'eu-west-1' } });
  new infra.DecisionRecorder(stack, 'Recorder', {
    delivery: Delivery.of(delivery), key: new kms.Key(stack, 'Key', {
      enableKeyRotation: true,
    }),
  });
  return stack;
}
const all = (template: Template, type: string): Json[] => resources(template, type).map(one => one.Properties);
const rules = (template: Template) => Object.fromEntries(all(template, 'AWS::Events::Rule').map(r => [r.Name, r]));

describe('a recorder alone', () => {
  const template = Template.fromStack(alone(gxp));

  test('takes events one by one from a queue that loses none', () => {
    const [queue] = all(template, 'AWS::SQS::Queue').filter(one => one.QueueName === 'churn-decisions');
    expect(queue).toMatchObject({ MessageRetentionPeriod: 1209600, RedrivePolicy: { maxReceiveCount: 10 } });
    expect(queue.KmsMasterKeyId).toBeDefined();
    const letters = queue.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0];
    const watched = all(template, 'AWS::CloudWatch::Alarm').flatMap(alarm => (alarm.Dimensions ?? [])
      .map((dimension: Json) => dimension.Value['Fn::GetAtt']?.[0]));
    expect(watched).toContain(letters);
    const [mapping] = all(template, 'AWS::Lambda::EventSourceMapping');
    expect(mapping).toMatchObject({
      BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 2 },
    });
    const [made] = all(template, 'AWS::Lambda::Function');
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(made.Timeout);
  });

  test('waits for hosts fewer times than the queue brings an event', () => {
    const text = fs.readFileSync(path.join(__dirname, '../../../tools/govern/recorder.py'), 'utf8');
    const waits = Number(/^WAITS = (\d+)$/m.exec(text)![1]);
    expect(waits).toBeLessThan(all(template, 'AWS::SQS::Queue')
      .find(one => one.QueueName === 'churn-decisions')!.RedrivePolicy.maxReceiveCount);
  });

  test('is brought decisions, manual approvals and pushes', () => {
    const found = rules(template);
    expect(Object.keys(found).sort()).toEqual([
      'churn-approvalresults', 'churn-decisions', 'churn-pushes',
    ]);
    expect(found['churn-decisions']).toMatchObject({
      EventBusName: 'churn-events',
      EventPattern: { 'source': ['aws.sagemaker'], 'detail-type': ['AWS API Call via CloudTrail'] },
    });
    expect(found['churn-approvalresults'].EventBusName).toBeUndefined();
    expect(found['churn-pushes'].EventPattern.detail.referenceName).toBeUndefined();
  });

  test('knows nothing of pushes where the host is asked', () => {
    expect(rules(Template.fromStack(alone(github)))['churn-pushes']).toBeUndefined();
  });

  test('runs with each of its modules and with settings that have no placeholder left for options', () => {
    const stack = alone(gxp);
    const { assets } = (stack.node.root as App).synth().getStackArtifact('Governance') as unknown as Json;
    expect(assets).toBeDefined();
    const assembly = (stack.node.root as App).synth().directory;
    const [folder] = fs.readdirSync(assembly).filter(name => fs.existsSync(path.join(assembly, name, 'recorder.py')));
    const files = fs.readdirSync(path.join(assembly, folder));
    const imported = files.filter(file => file.endsWith('.py')).flatMap(file => [
      ...fs.readFileSync(path.join(assembly, folder, file), 'utf8').matchAll(/^\s*(?:from|import) ([a-z_]+)/gm),
    ].map(match => match[1]));
    const ours = fs.readdirSync(path.join(__dirname, '../../../tools/govern')).map(file => file.replace('.py', ''));
    expect([...new Set(imported)].filter(name => [...ours, 'records'].includes(name) && !files.includes(`${name}.py`)))
      .toEqual([]);
    const settings = JSON.parse(fs.readFileSync(path.join(assembly, folder, 'governance.json'), 'utf8')) as Json;
    expect(settings.groups.map((group: Json) => [group.name, Object.keys(group.methods)])).toEqual([
      ['dev', ['person', 'rule', 'jira']], ['main', ['person', 'jira']],
    ]);
    expect(settings.policy).toMatch(/^[0-9a-f]{64}$/);
  });

  test('has no finding of cdk-nag, neither of AwsSolutions nor of NIST 800-53', () => {
    const stack = alone(gxp);
    Aspects.of(stack).add(new AwsSolutionsChecks());
    Aspects.of(stack).add(new NIST80053R5Checks());
    const found = [
      ...Annotations.fromStack(stack).findError('*', Match.anyValue()),
      ...Annotations.fromStack(stack).findWarning('*', Match.anyValue()),
    ].map(finding => `${finding.id}: ${String(finding.entry.data).split('\n')[0]}`);
    expect(found).toEqual([]);
  });

  test('is refused without records', () => {
    expect(() => alone(without)).toThrow(/governance\.approvalRecords.*false/s);
  });
});

describe('the delivery', () => {
  const templates = (delivery: DeliveryOptions) => templatesOf(delivery);

  test('forwards exactly the decisions about its own versions, unchanged', () => {
    const found = rules(templates(gxp)['churn-main-build'])['churn-main-forwarddecisions'];
    expect(found.EventPattern).toEqual({
      'source': ['aws.sagemaker'],
      'detail-type': ['AWS API Call via CloudTrail'],
      'account': ['222222222222'],
      'region': ['eu-west-1'],
      'detail': {
        eventSource: ['sagemaker.amazonaws.com'],
        eventName: ['UpdateModelPackage'],
        errorCode: [{ exists: false }],
        requestParameters: {
          modelPackageArn: [{ prefix: expect.anything() }],
          modelApprovalStatus: [{ exists: true }],
        },
      },
    });
    const [{ prefix }] = found.EventPattern.detail.requestParameters.modelPackageArn;
    expect(JSON.stringify(prefix)).toMatch(/:sagemaker:eu-west-1:222222222222:model-package\/churn-main\/"/);
    expect(found.Targets[0].InputTransformer).toBeUndefined();
  });

  test('deploys what was recorded, and without records what the registry says', () => {
    const pattern = (delivery: DeliveryOptions) =>
      rules(templates(delivery)['churn-main-delivery'])['churn-main-approvals'].EventPattern;
    expect(pattern(gxp)).toEqual({
      'source': ['sagemaker-cicd.governance'], 'detail-type': ['Model Package Decision Recorded'],
      'account': ['111111111111'], 'region': ['eu-west-1'],
      'detail': { ModelPackageGroupName: ['churn-main'], ModelApprovalStatus: ['Approved', 'Rejected'] },
    });
    expect(pattern(without)).toMatchObject({ source: ['aws.sagemaker'], account: ['222222222222'] });
  });

  test('announces what the gate starts on in the same words', () => {
    const text = fs.readFileSync(path.join(__dirname, '../../../tools/govern/recorder.py'), 'utf8');
    expect(text).toContain(`SOURCE = "${GOVERNANCE_SOURCE}"`);
    expect(text).toContain(`RECORDED = "${RECORDED}"`);
    expect(text).toContain(`REFUSED = "${REFUSED}"`);
  });

  test('keeps a push before anything is built from it, in both gates', () => {
    const machines = [templates(gxp)['churn-main-delivery'], templates(gxp)['churn-infrastructurepipeline']].flatMap(
      template => all(template, 'AWS::StepFunctions::StateMachine'),
    ).map(one => one.Definition).filter(definition => definition.States.KeepPush);
    expect(machines).toHaveLength(2);
    for (const { StartAt: start, States: states } of machines) {
      expect(start).toBe('KeepPush');
      expect(states.KeepPush.Parameters).toMatchObject({
        'Bucket': 'churn-evidence-999999999999-eu-west-1', 'ExpectedBucketOwner': '999999999999', 'IfNoneMatch': '*',
        'Key.$': "States.Format('pushes/churn/{}/{}.json', $.detail.commitId, $.id)",
      });
      // What could not be kept is not built.
      expect([states.KeepPush.Catch[0].Next, states.IsKept.Catch[0].Next, states.NotKept.Type]).toEqual([
        'IsKept', 'NotKept', 'Fail',
      ]);
    }
    const others = all(templates(without)['churn-main-delivery'], 'AWS::StepFunctions::StateMachine');
    expect(JSON.stringify(others)).not.toContain('KeepPush');
  });

  test('waits after a manual approval for its record', () => {
    const tools = (delivery: DeliveryOptions) => JSON.stringify(
      all(templates(delivery)['churn-main-delivery'], 'AWS::CodePipeline::Pipeline'),
    );
    expect(tools(gxp)).toContain('check_again');
    expect(tools(without)).not.toContain('check_again');
  });
});
