import type { PlannedEndpointKind } from './kind';
import { arn, bucketArn } from '../../arn';
import { grantForVolumes, KMS_PUT, listBucket, passRole, useOwnKey } from '../../roles/grants';
import type { Grant } from '../../roles/role-model';
import { inputOf, type NamedBatch, outputOf } from '../batch/model';
import { SMOKE_TEST_PREFIX } from '../batch/names';
import type { NamedEnvironment } from '../model';

const MODEL_NAMES = 'CloudFormation generates the names of models.';
const EXECUTIONS = 'SageMaker generates the IDs of executions.';

/** No endpoint, but a pipeline that scores data in batches. */
export const batch: PlannedEndpointKind = {
  made: environment => {
    const { place, roles } = environment;
    const { pipelineName, schedule, arrivalRule } = batchOf(environment);
    return [
      {
        sid: 'Pipeline',
        actions: [
          'AddTags', 'CreatePipeline', 'DeletePipeline', 'DeleteTags', 'DescribePipeline', 'ListTags', 'UpdatePipeline',
        ].map(action => `sagemaker:${action}`),
        resources: [arn(place, 'sagemaker', `pipeline/${pipelineName}`)],
        why: 'Creates the score pipeline and gives it each new model; deletes it only when its first creation failed.',
      },
      passRole(
        'PassScoreRole', [roles.score!.arn], 'sagemaker.amazonaws.com', 'Passes the pipeline its execution role.',
      ),
      ...(roles.schedule ? [
        {
          sid: 'Schedule',
          actions: ['CreateSchedule', 'DeleteSchedule', 'GetSchedule', 'UpdateSchedule'].map(a => `scheduler:${a}`),
          resources: [arn(place, 'scheduler', `schedule/default/${schedule}`)],
          why: 'Creates and updates the schedule of the score pipeline.',
        },
        passRole(
          'PassScheduleRole', [roles.schedule.arn], 'scheduler.amazonaws.com', 'Passes the schedule the role that '
            + 'starts the pipeline.',
        ),
      ] : []),
      ...(roles.arrival ? [
        {
          sid: 'ArrivalRule',
          actions: [
            'DeleteRule', 'DescribeRule', 'ListTagsForResource', 'ListTargetsByRule', 'PutRule', 'PutTargets',
            'RemoveTargets', 'TagResource', 'UntagResource',
          ].map(action => `events:${action}`),
          resources: [arn(place, 'events', `rule/${arrivalRule}`)],
          why: 'Creates and updates the rule that starts the score pipeline when data arrives.',
        },
        passRole(
          'PassArrivalRole', [roles.arrival.arn], 'events.amazonaws.com', 'Passes the rule the role that starts the '
            + 'pipeline.',
        ),
      ] : []),
    ];
  },
  encrypted: () => [],
  written: environment => [
    ...readInput(batchOf(environment)),
    writeOutput(batchOf(environment)),
    useOwnKey([...KMS_PUT, 'kms:Encrypt'], 'Decrypts data of the environment\'s bucket and encrypts predictions.'),
    grantForVolumes('Encrypts the volumes of transform jobs, except on instances with local NVMe storage.'),
  ],
  asked,
  smokeTest: 'batch_smoke_test',
};

/** What the kind has in place of an endpoint. */
function batchOf({ batch: named }: NamedEnvironment): NamedBatch {
  return named!;
}

/**
 * A transform job has no role of its own: it reads and writes with that of its model (SageMaker API reference,
 * CreateModel, ExecutionRoleArn: "for deployment on ML compute instances or for batch transform jobs").
 */
function readInput(named: NamedBatch): Grant[] {
  const { bucket, key } = inputOf(named);
  const { inputKeyArn } = named.settings;
  const [, , , region] = inputKeyArn?.split(':') ?? [];
  const smokeTest = bucketArn(named.bucket, `/${SMOKE_TEST_PREFIX}/*`);
  return [
    {
      sid: 'InputObjects',
      actions: ['s3:GetObject'],
      resources: [...new Set([bucketArn(bucket, `/${key}*`), smokeTest])],
      why: 'Reads the data to score.',
      wildcard: 'Everything below the prefix is scored.',
    },
    ...[...new Set([bucket, named.bucket])].map((name, i) => (
      listBucket(`InputBucket${i > 0 ? i + 1 : ''}`, name, 'Finds the data to score.'))),
    ...(inputKeyArn === undefined ? [] : [{
      sid: 'InputKey',
      actions: ['kms:Decrypt'],
      resources: [inputKeyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
      why: 'Decrypts the data to score.',
    }]),
  ];
}

function writeOutput(named: NamedBatch): Grant {
  const { bucket, key } = outputOf(named);
  return {
    sid: 'Predictions',
    actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
    resources: [bucketArn(bucket, `/${key}/*`), bucketArn(named.bucket, `/${SMOKE_TEST_PREFIX}/*`)],
    why: 'Writes predictions.',
    wildcard: 'Each execution has a prefix of its own.',
  };
}

function asked(environment: NamedEnvironment): Grant[] {
  const { place } = environment;
  const { pipelineName, bucket } = batchOf(environment);
  const pipeline = arn(place, 'sagemaker', `pipeline/${pipelineName}`);
  return [
    {
      sid: 'Pipeline',
      actions: ['sagemaker:DescribePipeline', 'sagemaker:StartPipelineExecution'],
      resources: [pipeline],
      why: 'Reads from the score pipeline what is live, and starts it in the smoke test.',
    },
    {
      sid: 'Execution',
      actions: ['sagemaker:DescribePipelineExecution', 'sagemaker:ListPipelineExecutionSteps',
        'sagemaker:StopPipelineExecution'],
      resources: [`${pipeline}/execution/*`],
      why: 'Waits for the execution that it started, and stops it when it takes too long.',
      wildcard: EXECUTIONS,
    },
    {
      sid: 'Served',
      actions: ['sagemaker:DescribeModel'],
      resources: [arn(place, 'sagemaker', 'model/*')],
      why: 'Follows the pipeline to its model and package.',
      wildcard: MODEL_NAMES,
    },
    {
      sid: 'SmokeTestObjects',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucketArn(bucket, `/${SMOKE_TEST_PREFIX}/*`)],
      why: 'Writes the rows that the smoke test scores, and reads their predictions.',
      wildcard: 'Each smoke test has a prefix of its own.',
    },
    listBucket('SmokeTestBucket', bucket, 'Finds the predictions of a smoke test.'),
    useOwnKey(KMS_PUT, 'Encrypts the rows and decrypts their predictions.'),
  ];
}
