import type { IConstruct } from 'constructs';
import { consoleUrl } from './console-url';
import { failedExecutions, undeliveredEvents } from './event-forwarding';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import type { PlannedEnvironment } from '../../plan/endpoint/model';

/**
 * What goes wrong where data is scored in batches, forwarded from the environments' accounts: executions of score
 * pipelines that did not succeed, and starts of them that could not be made. Nothing where all environments have an
 * endpoint.
 */
export function scoringFailures(
  scope: IConstruct, subject: Subject, all: readonly PlannedEnvironment[], bus: string,
): Failure[] {
  const pipelines = all.flatMap(({ place, batch }) => (batch ? [{ place, ...batch }] : []));
  if (pipelines.length === 0) { return []; }
  const places = from(scope, ...pipelines.map(({ place }) => place));
  return [
    {
      kind: 'scoring',
      bus,
      description: `Failed executions of score pipelines, group ${subject.group ?? ''}`.slice(0, 512),
      pattern: {
        ...places,
        ...failedExecutions(scope, ...pipelines),
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
        ...places,
        ...undeliveredEvents(scope, ...pipelines),
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
