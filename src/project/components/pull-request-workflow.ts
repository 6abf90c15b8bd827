import { Component, type Project, type YamlFile } from 'projen';
import { WorkflowFile } from './workflow-file';
import { workflowJob } from '../../ci/github/workflow-job';
import { pullRequestJob } from '../../ci/pull-request';
import type { WorkflowStepOptions } from '../../options/github-actions';

/** Options of a workflow that checks pull requests. */
export interface PullRequestWorkflowOptions {
  /**
   * The data for the comparison, as a path in the repository.
   * @default - the pipeline's data, if it is in the repository; else nothing is compared
   */
  readonly data?: string;
  /**
   * Labels of the runner.
   * @default - GitHub's newest Ubuntu
   */
  readonly runsOn?: string[];
  /**
   * Container that the job runs in, by its digest.
   * @default - none
   */
  readonly container?: string;
  /**
   * Steps of your own, after the tools are installed.
   * @default - none
   */
  readonly steps?: WorkflowStepOptions[];
}

const NOTES = [
  'Checks pull requests, and what a merge queue makes of them. It runs code that nobody has reviewed: its token may read '
    + 'the repository and nothing else, it has no secrets, and it leaves no cache.',
  'The branch is compared with where it parted from its target, which is run beside it; the job\'s summary has the result.',
];

/**
 * `.github/workflows/pull-request.yml`: linters, tests, synth, and the pipeline's run compared with that of the target
 * branch.
 *
 * Works in any projen project with a `package.json` that has the tasks `setup`, `lint`, `test`, `synth`,
 * `pipeline:compile` and `pr:compare`.
 */
export class PullRequestWorkflow extends Component {
  /** The managed file, for escape hatches such as further jobs. */
  public readonly file: YamlFile;

  /**
   * @param project the project that gets the workflow
   * @param options what is compared
   */
  public constructor(project: Project, { data, runsOn, container, steps }: PullRequestWorkflowOptions = {}) {
    super(project);
    const job = pullRequestJob();
    this.file = new WorkflowFile(project, job.name, {
      notes: NOTES,
      obj: {
        name: job.name,
        // Never `pull_request_target`, which would give the code of a fork the rights of this repository.
        on: { pull_request: {}, merge_group: {} },
        permissions: {},
        concurrency: {
          'group': `${job.name}-\${{ github.event.pull_request.number || github.ref }}`, 'cancel-in-progress': true,
        },
        jobs: {
          [job.name]: workflowJob(job, {
            permissions: { contents: 'read' },
            timeoutMinutes: 60,
            wholeHistory: true,
            runners: runsOn && { runsOn, container },
            own: steps,
            values: {
              TARGET: '${{ github.base_ref || github.event.merge_group.base_sha }}', ...(data ? { DATA: data } : {}),
            },
          }),
        },
      },
    });
  }
}
