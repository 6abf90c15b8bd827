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
      why: 'Fetches the commit.',
    }];
  }
  return [
    {
      sid: 'Source',
      actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
      resources: [source.connectionArn ?? ''],
      why: 'Fetches the commit through the connection (AWS still checks the older service prefix).',
    },
    {
      sid: 'SourceUpload',
      actions: ['s3:PutObjectAcl'],
      resources: [bucketArn(bucket, '/*')],
      why: 'Connections upload the commit with an ACL; without this permission the source action is denied.',
      wildcard: 'Object keys are generated at run time; the bucket belongs to these pipelines alone.',
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
      why: 'Reads the changed paths, which decide whether the pipeline starts.',
    },
    {
      sid: 'Start',
      actions: ['codepipeline:StartPipelineExecution'],
      resources: [arn(place, 'codepipeline', pipeline)],
      why: 'Starts the pipeline for a relevant commit.',
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
      why: 'Logs executions.',
      wildcard: 'Log delivery calls do not support resource-level permissions (Step Functions guide, logging to '
        + 'CloudWatch Logs).',
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
      why: 'Traces executions.',
      wildcard: 'Tracing calls do not support resource-level permissions.',
    },
  ];
}
