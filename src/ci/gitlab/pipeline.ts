import type { GitlabRunners, PipelineRun, Rule } from './pipeline-job';
import { WorkflowJob } from '../../options/github-actions';
import type { GitlabCiOptions } from '../../options/gitlab-ci';
import { partitionOf } from '../../options/knowledge/regions';
import type { Filled } from '../../options/schemas/filled';
import type { DeliveryPlan } from '../../plan/model';
import type { PlannedRole } from '../../plan/roles/role-model';
import { audienceOf } from '../../plan/workflows/gitlab-trust';
import type { OwnStep } from '../github/workflow-job';

/** A part of a project's pipelines: a file that the main one includes. */
export interface Pipeline {
  /** Name of the file without its ending, and what a pipeline with its jobs is started as. */
  readonly name: string;
  readonly notes: readonly string[];
  readonly jobs: { readonly [name: string]: object };
}

/** The inputs of a pipeline, which stand in conditions and scripts once it is made. */
export const RUN = '$[[ inputs.run ]]';
export const REQUEST = '$[[ inputs.request ]]';

/** No input; `tools/deploy/take.py` knows it. */
export const NONE = 'none';

/** What all pipelines of a delivery have in common. */
export interface Common {
  readonly gitlab: Filled<'GitlabCiOptions', GitlabCiOptions>;
  readonly runners: GitlabRunners;
  readonly region: string;
  /** Fills the plan's placeholders: jobs name accounts and regions. */
  fill(text: string): string;
  /** What the user runs in a job besides. */
  own(job: WorkflowJob): OwnStep[];
  /** How a job takes on a role. */
  aws(role: PlannedRole): NonNullable<PipelineRun['aws']>;
}

export function commonOf({ delivery: { engine, tooling } }: DeliveryPlan): Common {
  const { gitlab } = engine;
  const { account, region } = tooling;
  if (!gitlab || account === undefined || region === undefined) { throw new Error('No pipeline runs this delivery.'); }
  const values: { readonly [name: string]: string } = { account, region, partition: partitionOf(region) };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return {
    gitlab, region, fill,
    runners: { tags: gitlab.tags, ...(gitlab.image === undefined ? {} : { image: gitlab.image }) },
    own: job => gitlab.extraSteps.filter(step => step.job === job),
    aws: role => ({ role: fill(role.arn), audience: audienceOf(role), region }),
  };
}

/** A pipeline that was started as this one, on the branch that its roles trust. */
export function startedAs(name: string, branch: string): Rule {
  return { if: `"${RUN}" == "${name}" && $CI_COMMIT_BRANCH == ${inRule(branch)}` };
}

/** One that a push to a branch has made. */
export function pushedTo(branch: string): Rule {
  return { if: `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == ${inRule(branch)}` };
}

/** One of a schedule on the branch. */
export function scheduledOn(branch: string): Rule {
  return { if: `$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == ${inRule(branch)}` };
}

function inRule(branch: string): string {
  return `"${branch}"`;
}

/**
 * For how many minutes a job may run: on GitLab's own runners three hours (GitLab documentation, "GitLab-hosted runners"),
 * with runners of one's own six.
 */
export function longest({ runners: { tags } }: Pick<Common, 'runners'>): number {
  return tags.length > 0 ? 360 : 180;
}
