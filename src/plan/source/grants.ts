import { HOSTS } from '../../options/knowledge/hosts';
import { arn, bucketArn } from '../arn';
import type { Place } from '../place';
import type { Grant } from '../roles/role-model';
import type { DeliverySource } from '../settings';

/** Fetching a commit as the source action of a pipeline, into its bucket. */
export function readSource(
  source: DeliverySource, { place, bucket }: { readonly place: Place; readonly bucket: string },
): Grant[] {
  if (HOSTS[source.type].inAws) {
    return [{
      sid: 'Source',
      actions: [
        'CancelUploadArchive',
        'GetBranch',
        'GetCommit',
        'GetRepository',
        'GetUploadArchiveStatus',
        'UploadArchive',
      ].map(a => `codecommit:${a}`),
      resources: [arn(place, 'codecommit', source.repository)],
      why: 'The commit is fetched.',
    }];
  }
  return [
    {
      sid: 'Source',
      actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
      resources: [source.connectionArn ?? ''],
      why: 'The commit is fetched through the connection (its older service prefix is still checked).',
    },
    {
      sid: 'SourceUpload',
      actions: ['s3:PutObjectAcl'],
      resources: [bucketArn(bucket, '/*')],
      why: 'Connections upload the commit with an ACL; without this right the source action is denied.',
      wildcard: 'Object keys are made at run time; the bucket belongs to these pipelines alone.',
    },
  ];
}

/** Looking at what a commit changes, and starting the pipeline for it. */
export function gateCommits(source: DeliverySource, place: Place, pipeline: string): Grant[] {
  return [
    {
      sid: 'Changes',
      actions: ['codecommit:GetDifferences'],
      resources: [arn(place, 'codecommit', source.repository)],
      why: 'The changed paths decide whether the pipeline is started.',
    },
    {
      sid: 'Start',
      actions: ['codepipeline:StartPipelineExecution'],
      resources: [arn(place, 'codepipeline', pipeline)],
      why: 'A commit that matters starts the pipeline.',
    },
    ...logExecutions(),
  ];
}

/** Log and trace of a state machine. */
export function logExecutions(): Grant[] {
  return [
    {
      sid: 'LogDelivery',
      actions: [
        'CreateLogDelivery',
        'DeleteLogDelivery',
        'DescribeLogGroups',
        'DescribeResourcePolicies',
        'GetLogDelivery',
        'ListLogDeliveries',
        'PutResourcePolicy',
        'UpdateLogDelivery',
      ].map(a => `logs:${a}`),
      resources: ['*'],
      why: 'Executions are logged.',
      wildcard: 'Log delivery calls know no resources (Step Functions guide, logging to CloudWatch Logs).',
    },
    {
      sid: 'Traces',
      actions: [
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
      resources: ['*'],
      why: 'Executions are traced.',
      wildcard: 'Tracing calls know no resources.',
    },
  ];
}
