import type { IConstruct } from 'constructs';
import { rerunWords, runsAddress, startCommand } from './deploy-words';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import { asksInAws } from '../../plan/infrastructure/approver';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import {
  type NamedWorkflows, REQUESTS_SOURCE, WORKFLOW_FAILED, WORKFLOW_NOT_STARTED, WORKFLOW_NOT_TAKEN,
} from '../../plan/workflows/model';

/** What is to be told of a group's workflows; nothing where CodePipeline runs it. */
export function workflowFailures(
  scope: IConstruct, subject: Required<Subject>, { delivery, infrastructure }: DeliveryPlan, group: PlannedGroup,
): Failure[] {
  const { workflows } = group;
  if (!workflows) { return []; }
  const { place, bus } = infrastructure;
  const told = { scope, subject, delivery, place, bus, page: runsAddress(delivery, workflows.deploy) };
  return [
    failedRuns(told),
    notTaken(told, { workflows, sourceBranch: group.sourceBranch }),
    ...(workflows.starter ? [notStarted(told)] : []),
    ...(asksInAws(delivery) && group.environments.some(e => e.manualApproval)
      ? [awaited(told, workflows.decisions !== undefined)] : []),
  ];
}

interface Told {
  readonly scope: IConstruct;
  readonly subject: Required<Subject>;
  readonly delivery: DeliveryPlan['delivery'];
  readonly place: DeliveryPlan['infrastructure']['place'];
  readonly bus: string;
  readonly page: string;
}

/** Runs that ended badly, as their last job tells (`tools/deploy/finish.py`). */
function failedRuns({ scope, subject, delivery, place, bus }: Told): Failure {
  return {
    kind: 'workflows',
    bus,
    description: `Failed runs of workflows of ${subject.project}, group ${subject.group}`,
    pattern: pattern(scope, subject, place, REQUESTS_SOURCE, WORKFLOW_FAILED),
    parts: { ...COMMON, kind: '$.detail.kind', id: '$.detail.id', run: '$.detail.run' },
    message: [
      'FAILED: run of a workflow (<kind>)',
      about(subject),
      'Request: <id>',
      `Once the cause is fixed, ${rerunWords(delivery)}: that continues the same execution. It may ask for its approvals `
        + 'again.',
      WHERE,
      'Look at <run>',
    ],
  };
}

/** Requests that no run has taken in time (`src/infra/workflows/request-watch-definition.ts`). */
function notTaken(
  { scope, subject, delivery, place, bus, page }: Told, { workflows, sourceBranch }: Pick<PlannedGroup, 'sourceBranch'> & {
    readonly workflows: NamedWorkflows;
  },
): Failure {
  return {
    kind: 'nottaken',
    bus,
    description: `Requests of ${subject.project}, group ${subject.group}, that no run of a workflow has taken`,
    pattern: pattern(scope, subject, place, REQUESTS_SOURCE, WORKFLOW_NOT_TAKEN),
    parts: { ...COMMON, kind: '$.detail.kind', id: '$.detail.id' },
    message: [
      'NOT TAKEN: no run of a workflow has taken the request <id> (<kind>)',
      about(subject),
      'It still waits. Is the workflow disabled, or its schedule? This takes what has waited for the longest time, of '
        + 'deployments or of builds:',
      startCommand(delivery, workflows.deploy),
      startCommand(delivery, workflows.build, sourceBranch),
      WHERE,
      `Look at ${page}`,
    ],
  };
}

/** Requests that the GitHub App could start nothing for (`tools/start`). */
function notStarted({ scope, subject, place, bus, page }: Told): Failure {
  return {
    kind: 'notstarted',
    bus,
    description: `Workflows of ${subject.project}, group ${subject.group}, that could not be started`,
    pattern: pattern(scope, subject, place, REQUESTS_SOURCE, WORKFLOW_NOT_STARTED),
    parts: {
      ...COMMON, kind: '$.detail.kind', id: '$.detail.id', workflow: '$.detail.workflow', why: '$.detail.why',
    },
    message: [
      'NOT STARTED: workflow <workflow>',
      about(subject),
      'Why: <why>',
      'Request: <id> (<kind>). It waits: the next scheduled run takes it. Until the GitHub App works again, every '
        + 'deployment waits for the schedule.',
      WHERE,
      `Look at ${page}`,
    ],
  };
}

/** Deployments that wait for a person (`tools/deploy/await_approval.py`). */
function awaited({ scope, subject, place, bus, page }: Told, recorded: boolean): Failure {
  return {
    kind: 'awaited',
    bus,
    isNoFailure: true,
    description: `Deployments of ${subject.project}, group ${subject.group}, that wait for an approval`,
    pattern: pattern(scope, subject, place, 'sagemaker-cicd-projen', 'Deployment Awaits Approval'),
    parts: {
      ...COMMON, environment: '$.detail.environment', run: '$.detail.run',
      ...(recorded ? { version: '$.detail.version' } : {}),
    },
    message: [
      'WAITING: the deployment to <environment> needs an approval',
      about(subject),
      'What it changes is in the summary of its run. Approve it, or reject it with --reject; say why with --why:',
      `npx projen deployment:approve -- --environment <environment> --run <run> --group ${subject.group}`
        + (recorded ? ' --version <version>' : ''),
      WHERE,
      `Look at ${page.replace(/\/workflows\/.*/, '/runs/<run>').replace(/\?.*/, '/<run>')}`,
    ],
  };
}

function pattern(
  scope: IConstruct, { project, group }: Required<Subject>, place: Told['place'], source: string, type: string,
): object {
  return {
    ...from(scope, place), 'source': [source], 'detail-type': [type], 'detail': { project: [project], group: [group] },
  };
}
