import { EXECUTION_ROLES } from './containers';
import { type Call, calls, pass, type Step, type World, write } from './world';
import type { NamedBatch } from '../../../../src/plan/endpoint/batch/model';
import { inputOf, outputOf } from '../../../../src/plan/endpoint/batch/model';
import type { PlannedEnvironment } from '../../../../src/plan/endpoint/model';

const VOLUMES = { 'kms:GrantIsForAWSResource': 'true' };

/** What an environment calls that scores data in batches. */
interface BatchCalls {
  /** CloudFormation, beside the model. */
  readonly made: Call[];
  /** Checks and smoke test (tools/deploy/{scoring,batch_smoke_test}.py). */
  readonly asked: Call[];
  /** Transform jobs, with the role of the model. */
  readonly served: Call[];
  /** The roles that only such an environment has. */
  readonly steps: Step[];
}

export function batchCalls(world: World, environment: PlannedEnvironment, batch: NamedBatch): BatchCalls {
  const { place, roles } = environment;
  const pipeline = world.arn(place, 'sagemaker', `pipeline/${batch.pipelineName}`);
  const data = world.bucket(batch.bucket, place);
  const key = world.environmentKey(environment);
  const [input, output] = [inputOf(batch), outputOf(batch)];
  const inputBucket = world.bucket(input.bucket, place);
  const { inputKeyArn } = batch.settings;
  return {
    // The schemas of AWS::SageMaker::Pipeline, AWS::Scheduler::Schedule and AWS::Events::Rule: permissions of handlers.
    made: [
      ...calls(pipeline, [
        'CreatePipeline', 'UpdatePipeline', 'DeletePipeline', 'DescribePipeline', 'AddTags', 'DeleteTags', 'ListTags',
      ].map(a => `sagemaker:${a}`)),
      pass(world.role(roles.score!), 'sagemaker.amazonaws.com'),
      ...(roles.schedule ? [
        ...calls(world.arn(place, 'scheduler', `schedule/default/${batch.schedule}`), [
          'CreateSchedule', 'UpdateSchedule', 'DeleteSchedule', 'GetSchedule',
        ].map(a => `scheduler:${a}`)),
        pass(world.role(roles.schedule), 'scheduler.amazonaws.com'),
      ] : []),
      ...(roles.arrival ? [
        ...calls(world.arn(place, 'events', `rule/${batch.arrivalRule}`), [
          'DescribeRule', 'PutRule', 'PutTargets', 'DeleteRule', 'RemoveTargets', 'ListTargetsByRule',
          'ListTagsForResource', 'TagResource', 'UntagResource',
        ].map(a => `events:${a}`)),
        pass(world.role(roles.arrival), 'events.amazonaws.com'),
      ] : []),
    ],
    asked: [
      ...calls(pipeline, ['sagemaker:DescribePipeline', 'sagemaker:StartPipelineExecution']),
      ...calls(`${pipeline}/execution/k3x9ba7cd0`, [
        'sagemaker:DescribePipelineExecution', 'sagemaker:ListPipelineExecutionSteps',
        'sagemaker:StopPipelineExecution',
      ]),
      ...calls(`${data}/smoke-test/0123-1/rows`, ['s3:PutObject']),
      ...calls(`${data}/smoke-test/0123-1/predictions/k3x9ba7cd0/rows.out`, ['s3:GetObject']),
      ...calls(data, ['s3:ListBucket']),
    ],
    served: [
      ...calls(`${inputBucket}/${input.key}customers.csv`, ['s3:GetObject']),
      ...calls(`${data}/smoke-test/0123-1/rows`, ['s3:GetObject']),
      ...[inputBucket, data].flatMap(bucket => calls(bucket, ['s3:GetBucketLocation', 's3:ListBucket'])),
      ...write(world.bucket(output.bucket, place), `${output.key}/k3x9ba7cd0/customers.csv.out`),
      ...write(data, 'smoke-test/0123-1/predictions/k3x9ba7cd0/rows.out'),
      ...calls(key, ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']),
      ...calls(key, ['kms:CreateGrant'], VOLUMES),
      ...(inputKeyArn ? calls(inputKeyArn, ['kms:Decrypt'], {
        'kms:ViaService': `s3.${world.at(place).region}.amazonaws.com`,
      }) : []),
    ],
    steps: stepsOf(world, environment, batch, pipeline),
  };
}

function stepsOf(
  world: World, { place, roles, name }: PlannedEnvironment, batch: NamedBatch, pipeline: string,
): Step[] {
  const { infrastructure } = world.plan;
  const start = calls(pipeline, ['sagemaker:StartPipelineExecution']);
  return [
    {
      principal: world.role(roles.score!), name: `score pipeline of ${name}`,
      source: `${EXECUTION_ROLES}; SageMaker guide, "IAM Access Management" of Pipelines`,
      calls: [
        ...calls(world.arn(place, 'sagemaker', 'transform-job/pipelines-k3x9ba7cd0-score-aB3'), [
          'CreateTransformJob', 'DescribeTransformJob', 'StopTransformJob', 'AddTags', 'ListTags',
        ].map(a => `sagemaker:${a}`)),
      ],
    },
    {
      principal: world.role(roles.forwarder!), name: `forwarding rule of ${name}`,
      source: 'EventBridge guide, "Sending and receiving events between AWS accounts"',
      calls: calls(world.fill(infrastructure.busArn, infrastructure.place), ['events:PutEvents']),
    },
    ...(roles.schedule ? [{
      principal: world.role(roles.schedule), name: `schedule of ${name}`,
      source: 'EventBridge Scheduler guide, "Configuring a dead-letter queue": with the role of the schedule',
      calls: [...start, ...calls(world.arn(place, 'sqs', batch.undelivered), ['sqs:SendMessage'])],
    }] : []),
    ...(roles.arrival ? [{
      principal: world.role(roles.arrival), name: `arrivals in ${name}`,
      source: 'SageMaker developer guide, "Amazon EventBridge Integration", "Prerequisites"', calls: start,
    }] : []),
  ];
}
