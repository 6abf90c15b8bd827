import { Component, type Project, type YamlFile } from 'projen';
import { WorkflowFile } from './workflow-file';
import { valueFrom, workflowJob } from '../../ci/github/workflow-job';
import { keepUpgradeJob, offerJob } from '../../ci/upgrade';
import { cronSchedule, UPGRADE_BRANCH } from '../../plan/upgrade/schedule';

/** Options of a workflow that checks for newer versions. */
export interface UpgradeWorkflowOptions {
  /**
   * How often to check for newer versions: `daily`, `weekly` (Monday) or `monthly` (the first); each time at 05:00
   * UTC.
   */
  readonly schedule: string;
  /** Branch that pull requests are to be merged into. */
  readonly baseBranch: string;
}

const NOTES = [
  'Checks for new versions and proposes them as one pull request; as a draft while files are in conflict or tests '
    + 'fail.',
  'The repository must allow it: Settings, Actions, General, "Allow GitHub Actions to create and approve pull '
    + 'requests".',
  'A pull request that GITHUB_TOKEN opens starts no other workflow: close and reopen it to run its checks.',
];

/**
 * `.github/workflows/upgrade.yml`: runs the task `upgrade` on a schedule and opens or updates one pull request
 * with what changed.
 *
 * The job that runs new packages can only read; the one that opens the pull request runs none of them.
 * Works in any projen project with a `package.json` that has the tasks `setup` and `upgrade`.
 */
export class UpgradeWorkflow extends Component {
  /** The managed file, for escape hatches. */
  public readonly file: YamlFile;

  /**
   * @param project the project that gets the workflow
   * @param options when it runs, and for which branch
   * @throws when the schedule is none of those that are known
   */
  public constructor(project: Project, { schedule, baseBranch }: UpgradeWorkflowOptions) {
    super(project);
    const cron = cronSchedule(schedule);
    if (!cron) {
      throw new Error(
        `upgrade workflow: the schedule "${schedule}" is not valid; allowed: daily, weekly, monthly.`,
      );
    }
    const kept = keepUpgradeJob();
    const offer = offerJob();
    const changed = { job: kept.name, variable: 'CHANGED' };
    this.file = new WorkflowFile(project, 'upgrade', {
      notes: NOTES,
      obj: {
        name: 'upgrade',
        on: { schedule: [{ cron }], workflow_dispatch: {} },
        permissions: {},
        concurrency: { group: 'upgrade' },
        jobs: {
          [kept.name]: workflowJob(kept, {
            ref: baseBranch,
            permissions: { contents: 'read' },
            timeoutMinutes: 60,
            keep: { name: offer.inputs[1], variable: changed.variable },
          }),
          [offer.name]: workflowJob(offer, {
            after: changed,
            // The very commit that was upgraded: the patch is made for it.
            ref: valueFrom({ job: kept.name, variable: 'COMMIT' }),
            permissions: { 'contents': 'write', 'pull-requests': 'write' },
            timeoutMinutes: 10,
            values: {
              SOURCE_BRANCH: baseBranch,
              UPGRADE_BRANCH,
              SERVER_URL: '${{ github.server_url }}',
              GH_TOKEN: '${{ github.token }}',
              GH_ENTERPRISE_TOKEN: '${{ github.token }}',
            },
          }),
        },
      },
    });
  }
}
