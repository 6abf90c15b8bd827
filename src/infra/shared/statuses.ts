/** For every status that a service knows: whether people are notified, or why not. */
export interface Statuses {
  readonly told: readonly string[];
  readonly untold: { readonly [status: string]: string };
}

const UNDER_WAY = 'It is still running.';
const WELL = 'It ended successfully.';

/**
 * How executions, builds, packages and alarms are, as botocore's models list it; a test compares the lists. Whoever
 * stops something knows it, the others who wait for it do not, so stopping is told too.
 */
export const STATUSES = {
  /** `PipelineExecutionStatus` of SageMaker. */
  training: {
    told: ['Failed', 'Stopped', 'CompletedWithFailures'],
    untold: { Executing: UNDER_WAY, Stopping: UNDER_WAY, Succeeded: WELL },
  },
  /** `PipelineExecutionStatus` of CodePipeline, spelt as in events (user guide, "Monitoring CodePipeline events"). */
  pipeline: {
    told: ['FAILED', 'STOPPED', 'CANCELED'],
    untold: {
      INPROGRESS: UNDER_WAY, STOPPING: UNDER_WAY, SUCCEEDED: WELL, SUPERSEDED: 'A newer execution does its work.',
    },
  },
  /** `ExecutionStatus` of Step Functions. */
  gate: {
    told: ['FAILED', 'TIMED_OUT', 'ABORTED'],
    untold: { RUNNING: UNDER_WAY, SUCCEEDED: WELL, PENDING_REDRIVE: 'A reported failure is being retried.' },
  },
  /** `StatusType` of CodeBuild. */
  build: {
    told: ['FAILED', 'FAULT', 'TIMED_OUT', 'STOPPED'],
    untold: { IN_PROGRESS: UNDER_WAY, SUCCEEDED: WELL },
  },
  /** `StateValue` of CloudWatch. */
  alarm: {
    told: ['ALARM'],
    untold: { OK: WELL, INSUFFICIENT_DATA: 'No data means that nothing happened.' },
  },
  /** `ModelApprovalStatus` of SageMaker: what reaches the approval gate. */
  approval: {
    told: ['Approved', 'Rejected'],
    untold: { PendingManualApproval: 'There is no decision yet.' },
  },
} as const satisfies { readonly [kind: string]: Statuses };

/** `ModelApprovalStatus` of a version that nobody has decided about. */
export const WAITS = 'PendingManualApproval';
