import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, CfnParameter, Stack, Token } from 'aws-cdk-lib/core';
import { infra } from '../../src';
import { OptionError } from '../../src/options/engine/option-error';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, type Json, resources, templatesOf } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const PROPS: infra.BatchScoringProps = {
  modelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mine/1',
  executionRoleArn: 'arn:aws:iam::123456789012:role/model', pipelineRoleArn: 'arn:aws:iam::123456789012:role/score',
  kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef', pipelineName: 'Score',
  instanceType: 'ml.m5.large', instanceCount: 2, inputUri: 's3://data/new/', outputUri: 's3://data/scores/',
};

function made(more: Partial<infra.BatchScoringProps> = {}): Template {
  const stack = new Stack(new App(), 'Mine', { env: { account: '123456789012', region: 'eu-west-1' } });
  new infra.BatchScoring(stack, 'Score', { ...PROPS, ...more });
  return Template.fromStack(stack);
}

/** The definition with a word for the model, which only the deployment knows. */
function definitionOf(of: Template): Json {
  const [pipeline] = Object.values(of.findResources('AWS::SageMaker::Pipeline'));
  const body = pipeline.Properties.PipelineDefinition.PipelineDefinitionBody['Fn::Join'][1] as unknown[];
  return JSON.parse(body.map(part => (typeof part === 'string' ? part : 'MODEL')).join(''));
}

const all = templatesOf(DELIVERIES.batch);
const one = (of: Template, type: string): Json => resources(of, type)[0].Properties;
const staging = all['churn-main-staging-endpoint'];
const prod = all['churn-main-prod-endpoint'];

describe('a score pipeline used alone', () => {
  test('has one step, which works on what an execution is given with the one model of the stack', () => {
    const { Parameters: parameters, Steps: [step, ...more] } = definitionOf(made());
    expect(more).toEqual([]);
    expect(step).toMatchObject({ Type: 'Transform', Arguments: { ModelName: 'MODEL', BatchStrategy: 'MultiRecord' } });
    const defaults = Object.fromEntries(parameters.map((p: Json) => [p.Name, p.DefaultValue]));
    expect(defaults).toEqual({
      InputBucket: 'data', InputKey: 'new/', OutputUrl: 's3://data/scores', InstanceCount: 2, ContentType: 'text/csv',
      Accept: 'text/csv', InputFilter: '$', OutputFilter: '$', JoinSource: 'Input',
    });
    // Every parameter is used, and nothing else is asked for.
    const used = [...JSON.stringify(step).matchAll(/"Get":"Parameters\.(\w+)"/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(defaults).sort());
  });
  test('writes the predictions of each execution below a prefix of its own, under the key', () => {
    const [{ Arguments: { TransformOutput: output, TransformResources: on } }] = definitionOf(made()).Steps;
    expect(output.S3OutputPath['Std:Join'].Values).toEqual([
      { Get: 'Parameters.OutputUrl' }, { Get: 'Execution.PipelineExecutionId' },
    ]);
    expect([output.KmsKeyId, on.VolumeKmsKeyId]).toEqual([PROPS.kmsKeyArn, PROPS.kmsKeyArn]);
  });
  test('names no key for volumes that encrypt themselves', () => {
    const [{ Arguments: { TransformResources: on } }] = definitionOf(made({ instanceType: 'ml.g5.xlarge' })).Steps;
    expect(on).toEqual({ InstanceType: 'ml.g5.xlarge', InstanceCount: { Get: 'Parameters.InstanceCount' } });
  });
  test('leaves filters out for data whose records SageMaker cannot read', () => {
    const { Parameters: parameters, Steps: [step] } = definitionOf(made({ transform: { contentType: 'image/png' } }));
    expect(step.Arguments.DataProcessing).toBeUndefined();
    expect(parameters.map((p: Json) => p.Name)).not.toContain('JoinSource');
  });
  test('is started by nothing unless somebody says so', () => {
    expect(Object.values(made().toJSON().Resources).map((r: any) => r.Type).sort()).toEqual([
      'AWS::SageMaker::Model', 'AWS::SageMaker::Pipeline',
    ]);
  });
  test('outlives its stack with its model, and a new attempt writes it again', () => {
    for (const type of ['AWS::SageMaker::Model', 'AWS::SageMaker::Pipeline']) {
      const [resource] = resources(made(), type);
      expect([resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
    const [first, second] = [1, 2].map(attempt => one(made({ attempt }), 'AWS::SageMaker::Pipeline'));
    expect(first.PipelineDescription).not.toEqual(second.PipelineDescription);
  });
  test('is started on a schedule in its time zone, and letters are kept', () => {
    const schedule = {
      expression: 'cron(0 6 * * ? *)', timeZone: 'Europe/Berlin', roleArn: 'arn:aws:iam::123456789012:role/schedule',
    };
    made({ schedule, deadLetterQueueArn: 'arn:aws:sqs:eu-west-1:123456789012:letters' }).hasResourceProperties(
      'AWS::Scheduler::Schedule', {
        ScheduleExpression: schedule.expression, ScheduleExpressionTimezone: 'Europe/Berlin',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: Match.objectLike({
          RoleArn: schedule.roleArn, DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:123456789012:letters' },
          Arn: {
            'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:eu-west-1:123456789012:pipeline/score']],
          },
        }),
      },
    );
  });
});

test.each<readonly [string, object, string]>([
  ['an instance that only serves', { instanceType: 'ml.c8g.large' }, 'instanceType'],
  ['an address without a prefix', { inputUri: 's3://data' }, 'inputUri'],
  ['an address that is none', { outputUri: '/scores' }, 'outputUri'],
  ['predictions among the data', { outputUri: 's3://data/new/scores' }, 'outputUri'],
  ['a wrong schedule', { schedule: { expression: 'daily', roleArn: PROPS.pipelineRoleArn } }, 'schedule.expression'],
  [
    'a wrong time zone',
    { schedule: { expression: 'rate(1 day)', timeZone: 'Mars/Base', roleArn: PROPS.pipelineRoleArn } },
    'schedule.timeZone',
  ],
  ['a join in two forms', { transform: { accept: 'application/json' } }, 'transform.accept'],
  ['a wrong number', { transform: { maxRetries: 4 } }, 'transform.maxRetries'],
  ['a misspelt property', { arrivals: {} }, 'arrivals'],
  ['a queue that is none', { deadLetterQueueArn: 'letters' }, 'deadLetterQueueArn'],
])('a score pipeline used alone refuses %s', (_, more, path) => {
  try {
    made(more);
  } catch (error) {
    expect((error as OptionError).problems.map(p => p.path)).toEqual([path]);
    return;
  }
  throw new Error('it was taken');
});

test('what only the deployment knows is taken, but for what decides about the template', () => {
  const stack = new Stack(new App(), 'Mine');
  const later = (id: string): string => new CfnParameter(stack, id).valueAsString;
  const props = {
    ...PROPS, modelPackageArn: later('Package'), executionRoleArn: later('Role'), kmsKeyArn: later('Key'),
    instanceCount: Token.asNumber({ Ref: 'Count' }), inputUri: `s3://${later('Bucket')}/new/`, outputUri: later('Out'),
  };
  const { hasModel } = new infra.BatchScoring(stack, 'Score', props);
  expect(hasModel).toBeDefined();
  expect(() => new infra.BatchScoring(stack, 'Other', { ...props, inputUri: later('In') })).toThrow(/inputUri/);
  expect(() => new infra.BatchScoring(stack, 'Third', { ...props, instanceType: later('Type') }))
    .toThrow(/instanceType/);
});

describe('environments that score in batches', () => {
  test('score each object that arrives in the environment\'s own bucket, by the event\'s bucket and key', () => {
    const rule = one(staging, 'AWS::Events::Rule');
    expect(rule.EventPattern.detail).toEqual({
      bucket: { name: ['churn-main-staging-batch-222222222222-eu-west-1'] },
      object: { key: [{ prefix: 'input/' }], size: [{ numeric: ['>', 0] }] },
    });
    expect(rule.Targets[0].SageMakerPipelineParameters.PipelineParameterList).toEqual([
      { Name: 'InputBucket', Value: '$.detail.bucket.name' }, { Name: 'InputKey', Value: '$.detail.object.key' },
    ]);
    // What starts it is there only with a model, like the pipeline.
    for (const type of ['AWS::Events::Rule', 'AWS::SageMaker::Pipeline', 'AWS::SageMaker::Model']) {
      expect(resources(staging, type)[0].Condition).toBe(resources(staging, 'AWS::SageMaker::Pipeline')[0].Condition);
    }
  });
  test('the environment\'s bucket sends its events only where that is asked for, and predictions have an end', () => {
    const bucketOf = (of: Template) => resources(of, 'AWS::S3::Bucket').map(b => b.Properties)
      .find(({ BucketName: name = '' }) => JSON.stringify(name).includes('-batch-'));
    const [here, there] = ['staging', 'prod'].map(name => bucketOf(all[`churn-main-${name}-environment`]));
    expect(here.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
    expect(there.NotificationConfiguration).toBeUndefined();
    const rules = ({ LifecycleConfiguration: { Rules } }: Json) => Rules.map((r: Json) => (
      [r.Prefix, r.ExpirationInDays]));
    expect(rules(here)).toEqual([[undefined, undefined], ['smoke-test/', 7], ['output/', 90]]);
    expect(rules(there)).toEqual([[undefined, undefined], ['smoke-test/', 7]]);
  });
  test('have neither a bucket for captured data nor the log of an endpoint', () => {
    const environment = all['churn-main-prod-environment'];
    expect(JSON.stringify(environment.toJSON())).not.toMatch(/-capture-|sagemaker\/Endpoints/);
  });
  test('are started in production on the schedule, with the roles and names of the plan', () => {
    expect(one(prod, 'AWS::Scheduler::Schedule')).toMatchObject({
      Name: 'churn-main-prod-score', ScheduleExpression: 'cron(0 6 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
    expect(resources(prod, 'AWS::Events::Rule')).toEqual([]);
    const parameters = definitionOf(prod).Parameters;
    expect(parameters.find((p: Json) => p.Name === 'InputFilter').DefaultValue).toBe('$[1:]');
    expect(parameters.find((p: Json) => p.Name === 'OutputUrl').DefaultValue).toBe('s3://scores/churn');
  });
  test('forward failures of exactly their pipeline, every end but success, to people who are told of both', () => {
    const failures = resources(all['churn-main-prod-environment'], 'AWS::Events::Rule')[0].Properties;
    const [execution] = failures.EventPattern.$or;
    expect(execution.detail.currentPipelineExecutionStatus).toEqual(['Failed', 'Stopped', 'CompletedWithFailures']);
    expect(JSON.stringify(execution.detail.pipelineArn)).toContain('pipeline/churn-main-prod-score');
    const told = resources(all['churn-main-delivery'], 'AWS::Events::Rule').map(r => r.Properties)
      .find(({ Name: name }) => name === 'churn-main-failures-scoring');
    expect(told.EventPattern).toMatchObject({
      account: ['222222222222', '333333333333'], region: ['eu-west-1', 'eu-central-1'],
    });
    expect(JSON.stringify(told.EventPattern.detail.pipelineArn))
      .toMatch(/churn-main-staging-score.*churn-main-prod-score/);
  });
  test('let the bus take events of their forwarders', () => {
    const policy = one(all['churn-infrastructure'], 'AWS::Events::EventBusPolicy');
    expect(JSON.stringify(policy.Statement.Condition)).toContain('churn-main-prod-forwarder');
    expect(JSON.stringify(policy.Statement.Condition)).toContain('churn-main-staging-forwarder');
  });
});
