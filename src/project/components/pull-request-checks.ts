import type { Project } from 'projen';
import { MergeRequestPipeline } from './merge-request-pipeline';
import { PullRequestWorkflow } from './pull-request-workflow';
import { type GithubActionsOptions, WorkflowJob } from '../../options/github-actions';
import { HOSTS } from '../../options/knowledge/hosts';
import type { SourceType } from '../../options/source';
import type { FilledProject } from '../filled-project';

/** What checks pull requests, where the repository's host runs it from a file; whatever engine delivers. */
export function addPullRequestChecks(
  project: Project, { source, pullRequests: { checks, data } }: Pick<FilledProject, 'source' | 'pullRequests'>,
  github: GithubActionsOptions | undefined,
): void {
  const kind = checks ? HOSTS[source.type as SourceType].checks : undefined;
  if (kind === 'gitlab-ci') { new MergeRequestPipeline(project, { data }); }
  if (kind === 'github-actions') {
    const { runsOn, container, extraSteps = [] } = github ?? {};
    const steps = extraSteps.filter(({ job }) => job === WorkflowJob.PULL_REQUEST);
    new PullRequestWorkflow(project, { data, runsOn, container, steps });
  }
}
