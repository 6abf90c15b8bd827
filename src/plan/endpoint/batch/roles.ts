import { type BatchRoles, inputOf } from './model';
import { arn } from '../../arn';
import { grantForVolumes, useOwnKey } from '../../roles/grants';
import type { Grant } from '../../roles/role-model';
import type { NamedEnvironment } from '../model';

/** The roles around the score pipeline; none where there is an endpoint. */
export function batchRoles({ place, batch, roles }: NamedEnvironment, busArn: string): BatchRoles {
  if (!batch || !roles.score || !roles.forwarder) { return {}; }
  const start: Grant = {
    sid: 'Start',
    actions: ['sagemaker:StartPipelineExecution'],
    resources: [arn(place, 'sagemaker', `pipeline/${batch.pipelineName}`)],
    why: 'Starts the score pipeline.',
  };
  return {
    score: {
      ...roles.score,
      purpose: 'Execution role of the score pipeline: starts its transform jobs.',
      assumedBy: { service: 'sagemaker.amazonaws.com' },
      grants: [
        {
          sid: 'Jobs',
          actions: ['AddTags', 'CreateTransformJob', 'DescribeTransformJob', 'ListTags', 'StopTransformJob']
            .map(action => `sagemaker:${action}`),
          resources: [arn(place, 'sagemaker', 'transform-job/pipelines-*')],
          why: 'Runs the step of the pipeline as a job, with the pipeline\'s tags.',
          wildcard: 'SageMaker Pipelines generates the names of its jobs; all begin with "pipelines-".',
        },
        useOwnKey(['kms:DescribeKey'], 'Encrypts predictions and the volumes of jobs.'),
        grantForVolumes('Encrypts the volumes of jobs, except on instances with local NVMe storage.'),
      ],
    },
    forwarder: {
      ...roles.forwarder,
      purpose: 'Forwards failures of the score pipeline to the tooling account.',
      assumedBy: { service: 'events.amazonaws.com' },
      grants: [{
        sid: 'Forward',
        actions: ['events:PutEvents'],
        resources: [busArn],
        why: 'Sends events to the tooling account, where people are notified.',
      }],
    },
    ...(roles.schedule ? {
      schedule: {
        ...roles.schedule,
        purpose: 'Starts the score pipeline on its schedule.',
        assumedBy: { service: 'scheduler.amazonaws.com' },
        grants: [
          start,
          {
            sid: 'Undelivered',
            actions: ['sqs:SendMessage'],
            resources: [arn(place, 'sqs', batch.undelivered)],
            why: 'Keeps starts that could not be made.',
          },
          useOwnKey(['kms:Decrypt', 'kms:GenerateDataKey'], 'Encrypts them.'),
        ],
      },
    } : {}),
    ...(roles.arrival ? {
      arrival: {
        ...roles.arrival,
        purpose: `Starts the score pipeline for each object that arrives below ${inputOf(batch).key}.`,
        assumedBy: { service: 'events.amazonaws.com' },
        grants: [start],
      },
    } : {}),
  };
}
