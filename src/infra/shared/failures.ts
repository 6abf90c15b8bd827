import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { consoleUrl } from './console-url';
import { failedExecutions, type Forwarded, undeliveredEvents } from './event-forwarding';
import type { Failure } from './failure-watch';
import { fill } from './fill';
import { KEEP_LIVE, PACKAGE_VARIABLE } from './sentinel';
import { STATUSES } from './statuses';
import { arn } from '../../plan/arn';
import type { PlannedBuild } from '../../plan/build/model';
import type { Place } from '../../plan/place';

/** Whom a message is about: the project, and the group unless it is about all of them. */
export interface Subject {
  readonly project: string;
  readonly group?: string;
}

/** What every event has. */
export const COMMON = { account: '$.account', region: '$.region', time: '$.time' };

/** The line of a message that says whom it is about. */
export function about({ project, group }: Subject): string {
  return `Project: ${project}${group === undefined ? '' : `, group: ${group}`}`;
}

/** The line of a message that says where and when. */
export const WHERE = 'Account <account>, region <region>, at <time>';

const CANCELED = 'CANCELED';

/**
 * How the stage is tried again. The event of an execution does not say which stage it was, and a retry of the failed
 * actions alone would execute a change set that is gone (CodePipeline user guide, "Configure stage retry": all actions
 * of the stage run again from its first one; of approvals it says nothing, so that they come again is belief).
 */
const AGAIN = [
  'Once the cause is fixed, this retries the stage from its first action; it may ask for its approvals again. '
    + 'Replace STAGE with the stage\'s name:',
  'aws codepipeline retry-stage-execution --pipeline-name <pipeline> --stage-name STAGE --pipeline-execution-id '
    + '<execution> --retry-mode ALL_ACTIONS --region <region>',
];

/**
 * Executions of pipelines that failed or were stopped (CodePipeline user guide, "Monitoring CodePipeline events"). A
 * rejected approval is a failed execution too.
 *
 * @param restarting those that start again automatically, or are reported otherwise, when they were canceled
 */
export function failedPipelines(
  scope: IConstruct, subject: Subject, names: readonly string[], restarting: readonly string[] = [],
): Failure {
  const cancelable = names.filter(name => !restarting.includes(name));
  const ended = { state: STATUSES.pipeline.told.filter(state => state !== CANCELED), pipeline: names };
  return {
    kind: 'pipelines',
    description: `Failed executions of ${names.join(', ')}`.slice(0, 512),
    pattern: {
      'source': ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      'detail': cancelable.length > 0 ? { $or: [ended, { state: [CANCELED], pipeline: cancelable }] } : ended,
    },
    parts: { ...COMMON, pipeline: '$.detail.pipeline', execution: '$.detail.execution-id', state: '$.detail.state' },
    message: [
      '<state>: pipeline <pipeline>',
      about(subject),
      'Execution: <execution>',
      WHERE,
      ...AGAIN,
      `Look at ${consoleUrl(
        scope, 'codesuite/codepipeline/pipelines/<pipeline>/executions/<execution>/timeline?region=<region>',
      )}`,
    ],
  };
}

/**
 * Deployments that were canceled while they waited: a change of the infrastructure that changes the pipeline does that
 * (CodePipeline API reference, PipelineExecution, status "Cancelled"; events spell it "CANCELED"). The gate has acted
 * upon the approval already, and what starts after the change leaves everything as it is, so a person must start the
 * package again.
 */
export function canceledDeployments(scope: IConstruct, subject: Subject, pipeline: string): Failure {
  return {
    kind: 'canceled',
    description: `Canceled executions of ${pipeline}`.slice(0, 512),
    pattern: {
      'source': ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      'detail': { state: [CANCELED], pipeline: [pipeline] },
    },
    parts: { ...COMMON, execution: '$.detail.execution-id' },
    message: [
      `CANCELED: pipeline ${pipeline}`,
      about(subject),
      'Execution: <execution>',
      'The pipeline was changed while this execution was in progress, and its package is not deployed automatically. '
        + 'The execution\'s variable names the package:',
      `aws codepipeline get-pipeline-execution --pipeline-name ${pipeline} --pipeline-execution-id <execution> `
        + '--region <region> --query pipelineExecution.variables',
      `Unless it is ${KEEP_LIVE}, start the pipeline again with it in place of PACKAGE_ARN:`,
      `aws codepipeline start-pipeline-execution --name ${pipeline} --variables `
        + `name=${PACKAGE_VARIABLE},value=PACKAGE_ARN --region <region>`,
      WHERE,
      `Look at ${consoleUrl(
        scope, `codesuite/codepipeline/pipelines/${pipeline}/executions/<execution>/timeline?region=<region>`,
      )}`,
    ],
  };
}

/**
 * Gates that did not come to an end (Step Functions guide, "Automating Step Functions event delivery with
 * EventBridge").
 */
export function failedGates(
  scope: IConstruct, subject: Subject, place: Place, names: readonly string[], meaning = 'No pipeline was started.',
): Failure {
  return {
    kind: 'gates',
    description: `Failed executions of ${names.join(', ')}`.slice(0, 512),
    pattern: {
      'source': ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      'detail': {
        status: STATUSES.gate.told,
        stateMachineArn: names.map(name => fill(scope, arn(place, 'states', `stateMachine:${name}`))),
      },
    },
    parts: {
      ...COMMON,
      gate: '$.detail.stateMachineArn',
      execution: '$.detail.executionArn',
      status: '$.detail.status',
      error: '$.detail.error',
    },
    free: ['error'],
    message: [
      '<status>: gate <gate>',
      about(subject),
      `${meaning} Error: <error>`,
      'Execution: <execution>',
      WHERE,
      `Look at ${consoleUrl(scope, 'states/home?region=<region>#/v2/executions/details/<execution>')}`,
    ],
  };
}

/**
 * Executions of the group's SageMaker pipeline that did not succeed, forwarded from the build account (SageMaker guide,
 * "Amazon SageMaker AI pipeline status changes").
 */
export function failedTraining(scope: IConstruct, subject: Subject, build: PlannedBuild, bus: string): Failure {
  return {
    kind: 'training',
    bus,
    description: `Failed executions of the SageMaker pipeline ${build.pipelineName}`.slice(0, 512),
    pattern: {
      ...from(scope, build.place),
      ...failedExecutions(scope, build),
    },
    parts: {
      ...COMMON,
      execution: '$.detail.pipelineExecutionArn',
      status: '$.detail.currentPipelineExecutionStatus',
    },
    message: [
      `<status>: SageMaker pipeline ${build.pipelineName}`,
      about(subject),
      'Execution: <execution>',
      WHERE,
      'Its steps, in the build account: aws sagemaker list-pipeline-execution-steps --pipeline-execution-arn '
        + '<execution> --region <region>',
      `Look at ${consoleUrl(scope, 'cloudwatch/home?region=<region>#logsV2:log-groups')}, log groups `
        + '/aws/sagemaker/ProcessingJobs and TrainingJobs',
    ],
  };
}

/** Events that other accounts could not forward (CloudWatch user guide, "Alarm events and EventBridge"). */
export function forwardingAlarms(
  scope: IConstruct, subject: Subject, forwarded: readonly Forwarded[], bus: string,
): Failure {
  return {
    kind: 'alarms',
    bus,
    description: `Alarms ${forwarded.map(({ undelivered }) => undelivered).join(', ')}`.slice(0, 512),
    pattern: {
      ...from(scope, ...forwarded.map(({ place }) => place)),
      ...undeliveredEvents(scope, ...forwarded),
    },
    parts: { ...COMMON, alarm: '$.detail.alarmName', reason: '$.detail.state.reason' },
    free: ['reason'],
    message: [
      'ALARM: <alarm>',
      about(subject),
      'Events could not be forwarded and wait in the queue of the same name: read them, fix the cause, and send them '
        + 'again.',
      ...(forwarded.some(({ isStream }) => isStream) ? [
        'Predictions that could not be kept wait in the delivery stream of the same name, for a day: its log group in '
          + '/aws/kinesisfirehose says why. With the ending -lost they are gone: lines "predictions not kept" in the '
          + 'log of the API\'s handler say why.',
      ] : []),
      WHERE,
      `Look at ${consoleUrl(scope, 'cloudwatch/home?region=<region>#alarmsV2:alarm/<alarm>')}`,
    ],
  };
}

/** Exactly the accounts and regions of these places. */
export function from(scope: IConstruct, ...places: readonly Place[]): object {
  const own = Stack.of(scope);
  const unique = (texts: readonly string[]) => [...new Set(texts)];
  return {
    account: unique(places.map(({ account }) => account ?? own.account)),
    region: unique(places.map(({ region }) => region ?? own.region)),
  };
}
