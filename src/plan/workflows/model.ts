/** The workflows of a group, and what they need in the tooling account, by their names. */
export interface NamedWorkflows {
  /** File of the workflow that builds, in `.github/workflows`, without its ending. */
  readonly build: string;
  /** File of the workflow that deploys. */
  readonly deploy: string;
  /** Table of what waits to be built or deployed, and of approvals. */
  readonly requests: string;
  /** Parameter that says where the infrastructure code is that was deployed last. */
  readonly codeParameter: string;
  /** Parameter that says where the deploy tools are. */
  readonly toolsParameter: string;
  /** State machine that people start to decide about a deployment; only where decisions are recorded. */
  readonly decisions?: string;
  /** What sees to it that what waits is taken, and what is taken ends: a state machine, and the rule that starts it. */
  readonly watch: { readonly machine: string; readonly rule: string };
  /** What starts workflows as soon as something asks for one; only with a GitHub App. */
  readonly starter?: NamedStarter;
}

/** What starts workflows through a GitHub App. */
export interface NamedStarter {
  readonly function: string;
  /** Rule on the delivery's bus. */
  readonly rule: string;
  /** Alarm on what waits too long. */
  readonly waiting: string;
}

/** The job of a workflow that takes a role on. */
export interface WorkflowTrust {
  /** ARN of the provider, with the plan's placeholders. */
  readonly provider: string;
  readonly repository: { readonly name: string; readonly id: string; readonly ownerId: string };
  /** File of the workflow, without its ending. */
  readonly workflow: string;
  readonly branch: string;
  /** Environments of the host of which the job is in one. */
  readonly environments?: readonly string[];
}

/** What a pipeline is started by, as tokens say it (GitLab documentation, "Predefined CI/CD variables reference"). */
export type PipelineSource = 'push' | 'schedule' | 'trigger' | 'pipeline' | 'web' | 'api';

/** The job of a GitLab pipeline that takes a role on. */
export interface GitlabTrust {
  /** ARN of the provider, with the plan's placeholders. */
  readonly provider: string;
  readonly project: { readonly path: string; readonly id: string };
  readonly branch: string;
  /** Whom its token is for: one role alone. */
  readonly audience: string;
  readonly sources: readonly PipelineSource[];
}

/** Where workflow files are. */
export const WORKFLOWS = '.github/workflows';

/** The file of a workflow, as the host's API calls it. */
export function workflowFileName(name: string): string {
  return `${name}.yml`;
}

/** The same from the repository's root. */
export function workflowFile(name: string): string {
  return `${WORKFLOWS}/${workflowFileName(name)}`;
}

/** The source of events in which deploy tools tell what they did (`tools/deploy/tell.py`). */
export const TOOLS_SOURCE = 'sagemaker-cicd-projen';
/** The source of events that tell of requests (`tools/deploy/requests.py`). */
export const REQUESTS_SOURCE = 'sagemaker-cicd.requests';
/** Something waits to be built or deployed. */
export const WORKFLOW_REQUESTED = 'Workflow Requested';
/** A request for which no workflow could be started (`tools/start`). */
export const WORKFLOW_NOT_STARTED = 'Workflow Not Started';
/** A request that no run has taken in time. */
export const WORKFLOW_NOT_TAKEN = 'Workflow Not Taken';
/** A run of a workflow has failed. */
export const WORKFLOW_FAILED = 'Workflow Failed';
