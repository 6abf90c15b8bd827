import type { Project } from 'projen';
import { MergeRequestPipeline } from './merge-request-pipeline';
import { PullRequestWorkflow } from './pull-request-workflow';
import { WorkflowJob } from '../../options/github-actions';
import { HOSTS } from '../../options/knowledge/hosts';
import type { SourceType } from '../../options/source';
import type { DeliveryEngineSettings } from '../../plan/settings';
import type { FilledProject } from '../filled-project';

/** What checks pull requests, where the repository's host runs it from a file; whatever engine delivers. */
export function addPullRequestChecks(
  project: Project, { source, pullRequests: { checks, data } }: Pick<FilledProject, 'source' | 'pullRequests'>,
  { github, gitlab }: Pick<DeliveryEngineSettings, 'github' | 'gitlab'>,
): void {
  const kind = checks ? HOSTS[source.type as SourceType].checks : undefined;
  // The pipelines of a delivery have the checks, too: a project has one file of GitLab's.
  if (kind === 'gitlab-ci' && !gitlab) { new MergeRequestPipeline(project, { data }); }
  if (kind === 'github-actions') {
    const { runsOn, container, extraSteps = [] } = github ?? {};
    const steps = extraSteps.filter(({ job }) => job === WorkflowJob.PULL_REQUEST);
    new PullRequestWorkflow(project, { data, runsOn, container, steps });
  }
}
