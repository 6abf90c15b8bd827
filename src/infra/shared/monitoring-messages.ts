import type { IConstruct } from 'constructs';
import { consoleUrl } from './console-url';
import type { DeployWords } from './deploy-words';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import { fill } from './fill';
import { STATUSES } from './statuses';
import { arn } from '../../plan/arn';
import type { NamedEnvironment } from '../../plan/endpoint/model';
import type { PlannedGroup } from '../../plan/model';
import { MONITORING_EVENT, MONITORING_SOURCE } from '../../plan/monitor/model';
import type { Place } from '../../plan/place';
import { type NamedRetraining, RETRAINING_HELD, RETRAINING_SOURCE, RETRAINING_STARTED } from '../../plan/retrain/model';

/** What monitors of a group find, runs that failed, and what became of retrainings. */
export function monitoringMessages(
  scope: IConstruct, subject: Required<Subject>, { environments, retraining }: PlannedGroup, bus: string,
  words: DeployWords,
): Failure[] {
  const monitored = environments.filter(({ monitoring }) => monitoring !== undefined);
  return [
    ...(monitored.length > 0 ? [found(scope, subject, monitored, bus), failedRuns(scope, subject, monitored, bus)] : []),
    ...(retraining ? [
      started(scope, subject, retraining, bus, words), held(scope, subject, retraining, bus, words),
    ] : []),
  ];
}

/** Runs of monitors that found something, in the words of the job (`tools/monitor`). */
function found(
  scope: IConstruct, subject: Required<Subject>, environments: readonly NamedEnvironment[], bus: string,
): Failure {
  return {
    kind: 'monitors',
    bus,
    description: `What monitors of ${subject.project}, group ${subject.group}, found`,
    pattern: {
      ...from(scope, ...environments.map(({ place }) => place)),
      'source': [MONITORING_SOURCE],
      'detail-type': [MONITORING_EVENT],
      'detail': {
        project: [subject.project],
        group: [subject.group],
        environment: environments.map(({ name }) => name),
        outcome: ['violations', 'broken'],
      },
    },
    parts: {
      ...COMMON,
      environment: '$.detail.environment',
      kind: '$.detail.kind',
      outcome: '$.detail.outcome',
      words: '$.detail.words',
      version: '$.detail.version',
      since: '$.detail.window.from',
      until: '$.detail.window.until',
      bucket: '$.detail.reportBucket',
      key: '$.detail.reportKey',
    },
    message: [
      '<environment>: <outcome>, monitor <kind>',
      about(subject),
      '<words>',
      'Version <version>, rows from <since> to <until>',
      WHERE,
      `Report, in that account: ${consoleUrl(scope, 's3/object/<bucket>?region=<region>&prefix=<key>')}`,
    ],
  };
}

/** Runs that came to no result (Step Functions guide, "Automating Step Functions event delivery with EventBridge"). */
function failedRuns(
  scope: IConstruct, subject: Required<Subject>, environments: readonly NamedEnvironment[], bus: string,
): Failure {
  const machines = environments.flatMap(({ place, monitoring }) => (monitoring
    ? [fill(scope, arn(place, 'states', `stateMachine:${monitoring.stateMachine}`))] : []));
  return {
    kind: 'monitorruns',
    bus,
    description: `Failed runs of monitors of ${subject.project}, group ${subject.group}`,
    pattern: {
      ...from(scope, ...environments.map(({ place }) => place)),
      'source': ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      'detail': { status: STATUSES.gate.told, stateMachineArn: machines },
    },
    parts: {
      ...COMMON,
      machine: '$.detail.stateMachineArn',
      execution: '$.detail.executionArn',
      status: '$.detail.status',
    },
    message: [
      '<status>: run of a monitor, <machine>',
      about(subject),
      // The cause is JSON in most cases, whose quotation marks would end the text (see `chatMessage`).
      'Nothing was compared. The cause is at the end of the execution; what the job said is in the log group '
        + '/aws/sagemaker/ProcessingJobs.',
      'Execution: <execution>',
      WHERE,
      `Look, in that account, at ${consoleUrl(scope, 'states/home?region=<region>#/v2/executions/details/<execution>')}`,
    ],
  };
}

const PARTS = { ...COMMON, reason: '$.detail.reason' };

/** Builds that were started without a commit. */
function started(
  scope: IConstruct, subject: Required<Subject>, { place }: NamedRetraining, bus: string, { buildRun }: DeployWords,
): Failure {
  return {
    kind: 'retraining',
    bus,
    isNoFailure: true,
    description: `Retrainings of ${subject.project}, group ${subject.group}`,
    pattern: retrainings(scope, subject, place, RETRAINING_STARTED),
    parts: { ...PARTS, execution: '$.detail.execution', commit: '$.detail.commit' },
    message: [
      'Retraining started',
      about(subject),
      'Why: <reason>',
      'Commit: <commit>',
      'Its version waits for approval like any other.',
      ...buildRun,
    ],
  };
}

/** What asked for a retraining and got none; told once, not with each event. */
function held(
  scope: IConstruct, subject: Required<Subject>, { place }: NamedRetraining, bus: string, { build }: DeployWords,
): Failure {
  return {
    kind: 'retrainheld',
    bus,
    isNoFailure: true,
    description: `Retrainings of ${subject.project}, group ${subject.group}, that were held back`,
    pattern: retrainings(scope, subject, place, RETRAINING_HELD),
    parts: { ...PARTS, why: '$.detail.why' },
    message: [
      'Retraining held back',
      about(subject),
      'What asked for it: <reason>',
      'Held back because <why>',
      `This is told once. To train now, ${build}.`,
      WHERE,
    ],
  };
}

function retrainings(scope: IConstruct, { project, group }: Required<Subject>, place: Place, type: string): object {
  return {
    ...from(scope, place), 'source': [RETRAINING_SOURCE], 'detail-type': [type],
    'detail': { project: [project], group: [group] },
  };
}
