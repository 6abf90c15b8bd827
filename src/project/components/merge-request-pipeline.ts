import { Component, type Project, YamlFile } from 'projen';
import { mergeRequestJob, type MergeRequestRun } from '../../ci/gitlab/merge-request-job';
import { pullRequestJob } from '../../ci/pull-request';

/** Options of a pipeline that checks merge requests. */
export interface MergeRequestPipelineOptions {
  /**
   * The data for the comparison, as a path in the repository.
   * @default - the pipeline's data, if it is in the repository; else nothing is compared
   */
  readonly data?: string;
}

/**
 * `.gitlab-ci.yml`: for each merge request linters, tests, synth, and the pipeline's run compared with that of the
 * target branch.
 *
 * Works in any projen project with a `package.json` that has the tasks `setup`, `lint`, `test`, `synth`,
 * `pipeline:compile` and `pr:compare`.
 */
export class MergeRequestPipeline extends Component {
  /** The managed file, for escape hatches such as further jobs. */
  public readonly file: YamlFile;

  /**
   * @param project the project that gets the pipeline
   * @param options what is compared
   */
  public constructor(project: Project, { data }: MergeRequestPipelineOptions = {}) {
    super(project);
    this.file = new YamlFile(project, '.gitlab-ci.yml', { obj: mergeRequestChecks({ data }) });
  }
}

/** The job of a project's pipelines that checks merge requests, by its name. */
export function mergeRequestChecks(
  { data }: MergeRequestPipelineOptions, more: Pick<MergeRequestRun, 'own' | 'runners'> = {},
): { readonly [name: string]: object } {
  const job = pullRequestJob();
  return {
    [job.name]: mergeRequestJob(job, {
      ...more,
      timeout: '1 hour',
      title: 'Comparison with the target branch',
      values: {
        // In a pipeline of the merged result the target's tip, else where the branches parted.
        TARGET: '${CI_MERGE_REQUEST_TARGET_BRANCH_SHA:-$CI_MERGE_REQUEST_DIFF_BASE_SHA}',
        ...(data ? { DATA: data } : {}),
      },
    }),
  };
}
