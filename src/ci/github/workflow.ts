import type { OwnStep, Runners } from './workflow-job';
import type { GithubActionsOptions, WorkflowJob } from '../../options/github-actions';
import { partitionOf } from '../../options/knowledge/regions';
import type { Filled } from '../../options/schemas/filled';
import type { DeliveryPlan } from '../../plan/model';
import type { PlannedRole } from '../../plan/roles/role-model';

/** A workflow as the object that its file holds, and what people are told at its beginning. */
export interface Workflow {
  /** Name of the file, without its ending. */
  readonly name: string;
  readonly notes: readonly string[];
  readonly obj: object;
}

/** What all workflows of a delivery have in common. */
export interface Common {
  readonly github: Filled<'GithubActionsOptions', GithubActionsOptions>;
  readonly runners: Runners;
  readonly region: string;
  /** Fills the plan's placeholders: workflows name accounts and regions. */
  fill(text: string): string;
  /** What the user runs in a job besides. */
  own(job: WorkflowJob): OwnStep[];
  /** How a job takes on a role, for some hours at most. */
  aws(role: PlannedRole, hours?: number): { readonly role: string; readonly region: string; readonly hours: number };
}

export function commonOf({ delivery: { engine, tooling } }: DeliveryPlan): Common {
  const { github } = engine;
  const { account, region } = tooling;
  if (!github || account === undefined || region === undefined) { throw new Error('No workflow runs this delivery.'); }
  const values: { readonly [name: string]: string } = { account, region, partition: partitionOf(region) };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return {
    github, region, fill,
    runners: { runsOn: github.runsOn, ...(github.container === undefined ? {} : { container: github.container }) },
    own: job => github.extraSteps.filter(step => step.job === job),
    aws: (role, hours = 1) => ({ role: fill(role.arn), region, hours }),
  };
}

/** The run, as tools know it; a run that is repeated keeps it. */
export const EXECUTION_ID = 'gh-${{ github.run_id }}';

/** How a run ended, for the job that needs all others. */
export const OUTCOME = "${{ (contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')) && 'failed' "
  + "|| 'done' }}";

/** Whether everything that a job needs went well, or was left out because there was nothing to do. */
export const NOTHING_FAILED = "!cancelled() && !contains(needs.*.result, 'failure') "
  + "&& !contains(needs.*.result, 'cancelled')";
