import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { consoleUrl } from './console-url';
import type { Failure } from './failure-watch';
import { about, COMMON, type Subject, WHERE } from './failures';
import { fill } from './fill';
import { STATUSES } from './statuses';
import { arn } from '../../plan/arn';
import type { PlannedEnvironment } from '../../plan/endpoint/model';

/**
 * What goes wrong where data is scored in batches, forwarded from the environments' accounts: executions of score
 * pipelines that did not succeed, and starts of them that could not be made. Nothing where all environments have an
 * endpoint.
 */
export function scoringFailures(
  scope: IConstruct, subject: Subject, all: readonly PlannedEnvironment[], bus: string,
): Failure[] {
  const environments = all.flatMap(({ place, batch }) => (batch ? [{ place, batch }] : []));
  if (environments.length === 0) { return []; }
  const own = Stack.of(scope);
  const unique = (texts: readonly string[]) => [...new Set(texts)];
  const from = {
    account: unique(environments.map(({ place }) => place.account ?? own.account)),
    region: unique(environments.map(({ place }) => place.region ?? own.region)),
  };
  return [
    {
      kind: 'scoring',
      bus,
      description: `Failed executions of score pipelines, group ${subject.group ?? ''}`.slice(0, 512),
      pattern: {
        ...from,
        'source': ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'],
        'detail': {
          currentPipelineExecutionStatus: STATUSES.training.told,
          pipelineArn: environments.map(({ place, batch }) => (
            fill(scope, arn(place, 'sagemaker', `pipeline/${batch.pipelineName}`)))),
        },
      },
      parts: {
        ...COMMON,
        pipeline: '$.detail.pipelineArn',
        execution: '$.detail.pipelineExecutionArn',
        status: '$.detail.currentPipelineExecutionStatus',
      },
      message: [
        '<status>: score pipeline <pipeline>',
        about(subject),
        'Execution: <execution>',
        'Its data was not scored, or not all of it. Once the cause is fixed, start the pipeline again with the '
          + 'parameters of this execution.',
        WHERE,
        'Its step: aws sagemaker list-pipeline-execution-steps --pipeline-execution-arn <execution> --region <region>',
        `Look at ${consoleUrl(scope, 'cloudwatch/home?region=<region>#logsV2:log-groups')}, log group `
          + '/aws/sagemaker/TransformJobs',
      ],
    },
    {
      kind: 'starts',
      bus,
      description: `Starts of score pipelines that could not be made, group ${subject.group ?? ''}`.slice(0, 512),
      pattern: {
        ...from,
        'source': ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        'resources': environments.map(({ place, batch }) => (
          fill(scope, arn(place, 'cloudwatch', `alarm:${batch.undelivered}`)))),
        'detail': { state: { value: STATUSES.alarm.told } },
      },
      parts: { ...COMMON, alarm: '$.detail.alarmName' },
      message: [
        'ALARM: <alarm>',
        about(subject),
        'A score pipeline could not be started, or its failure not be forwarded. What was to be started waits in the '
          + 'queue of the same name: read it, fix the cause, start the pipeline.',
        WHERE,
        `Look at ${consoleUrl(scope, 'cloudwatch/home?region=<region>#alarmsV2:alarm/<alarm>')}`,
      ],
    },
  ];
}
