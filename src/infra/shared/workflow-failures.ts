import type { IConstruct } from 'constructs';
import { workflowAddress } from './deploy-words';
import type { Failure } from './failure-watch';
import { about, COMMON, from, type Subject, WHERE } from './failures';
import { DeploymentApprovals } from '../../options/github-actions';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { REQUESTS_SOURCE, WORKFLOW_FAILED, WORKFLOW_NOT_STARTED } from '../../plan/workflows/model';

/** What is to be told of a group's workflows; nothing where CodePipeline runs it. */
export function workflowFailures(
  scope: IConstruct, subject: Required<Subject>, { delivery, infrastructure }: DeliveryPlan, group: PlannedGroup,
): Failure[] {
  const { workflows } = group;
  if (!workflows) { return []; }
  const { github } = delivery.engine;
  const { place, bus } = infrastructure;
  const told = { scope, subject, place, bus, page: workflowAddress(delivery.source.repository, workflows.deploy) };
  return [
    failedRuns(told),
    ...(workflows.starter ? [notStarted(told)] : []),
    ...(github!.approvals === DeploymentApprovals.AWS && group.environments.some(e => e.manualApproval)
      ? [awaited(told)] : []),
  ];
}

interface Told {
  readonly scope: IConstruct;
  readonly subject: Required<Subject>;
  readonly place: DeliveryPlan['infrastructure']['place'];
  readonly bus: string;
  readonly page: string;
}

/** Runs that ended badly, as their last job tells (`tools/deploy/finish.py`). */
function failedRuns({ scope, subject, place, bus }: Told): Failure {
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
      'Once the cause is fixed, "Re-run failed jobs" on the page of the run continues the same execution, for 30 days. '
        + 'It may ask for its approvals again.',
      WHERE,
      'Look at <run>',
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
function awaited({ scope, subject, place, bus, page }: Told): Failure {
  return {
    kind: 'awaited',
    bus,
    isNoFailure: true,
    description: `Deployments of ${subject.project}, group ${subject.group}, that wait for an approval`,
    pattern: pattern(scope, subject, place, 'sagemaker-cicd-projen', 'Deployment Awaits Approval'),
    parts: { ...COMMON, environment: '$.detail.environment', run: '$.detail.run' },
    message: [
      'WAITING: the deployment to <environment> needs an approval',
      about(subject),
      'What it changes is in the summary of its run. Approve it, or reject it with --reject; say why with --why:',
      `npx projen deployment:approve -- --environment <environment> --run <run> --group ${subject.group}`,
      WHERE,
      `Look at ${page.replace(/\/workflows\/.*/, '/runs/<run>')}`,
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
