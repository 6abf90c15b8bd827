import { Component, type IResolver, type Project, YamlFile } from 'projen';
import { LEFT_A_RESULT, upgradeScript } from '../../ci/upgrade';
import { cronSchedule, UPGRADE_BRANCH } from '../../plan/upgrade/schedule';
import { taskCommand } from '../commands';

/** What a workflow that looks for newer versions is like. */
export interface UpgradeWorkflowOptions {
  /**
   * How often newer versions are looked for: `daily`, `weekly` (Monday) or `monthly` (the first); each time at 05:00
   * UTC.
   */
  readonly schedule: string;
  /** Branch that pull requests are to be merged into. */
  readonly baseBranch: string;
}

/**
 * Actions by commit, since a tag can be moved; the version is shown beside it. The same versions as projen's own
 * workflows use.
 */
const ACTIONS: { readonly [name: string]: readonly [commit: string, version: string] } = {
  'actions/checkout': ['3d3c42e5aac5ba805825da76410c181273ba90b1', 'v7.0.1'],
  'actions/setup-node': ['820762786026740c76f36085b0efc47a31fe5020', 'v7.0.0'],
  'actions/setup-python': ['5fda3b95a4ea91299a34e894583c3862153e4b97', 'v7.0.0'],
  'actions/upload-artifact': ['043fb46d1a93c77aae656e7c1c64a875d1fc6a0a', 'v7.0.1'],
  'actions/download-artifact': ['3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c', 'v8.0.1'],
};

const NOTES = [
  'Checks for new versions and proposes them as one pull request; as a draft while files are in conflict or tests '
    + 'fail.',
  'The repository must allow it: Settings, Actions, General, "Allow GitHub Actions to create and approve pull '
    + 'requests".',
  'A pull request that GITHUB_TOKEN opens starts no other workflow: close and reopen it to run its checks.',
];

/**
 * `.github/workflows/upgrade.yml`: runs the task `upgrade` on schedule and opens or updates one pull request with what
 * changed.
 *
 * The job that runs new packages can read and nothing else; the one that opens the pull request runs none of them.
 * Works in any projen project that has the tasks `setup` and `upgrade`.
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
    this.file = new CommentedYamlFile(project, '.github/workflows/upgrade.yml', {
      obj: {
        name: 'upgrade',
        on: { schedule: [{ cron }], workflow_dispatch: {} },
        permissions: {},
        concurrency: { group: 'upgrade' },
        jobs: { 'upgrade': upgradeJob(project, baseBranch), 'pull-request': pullRequestJob(baseBranch) },
      },
    });
  }
}

/** YAML objects hold no comments, so they are added to the text. */
class CommentedYamlFile extends YamlFile {
  protected override synthesizeContent(resolver: IResolver): string | undefined {
    const versioned = super.synthesizeContent(resolver)?.replace(/^( *(?:- )?uses: ([^@\s]+)@[0-9a-f]{40})$/gm, (
      line, _, name: string,
    ) =>
      `${line} # ${ACTIONS[name][1]}`);
    return versioned?.replace(/^name: /m, `${NOTES.map(note => `# ${note}\n`).join('')}name: `);
  }
}

function upgradeJob(project: Project, baseBranch: string): object {
  return {
    'runs-on': 'ubuntu-latest',
    'timeout-minutes': 60,
    'permissions': { contents: 'read' },
    'outputs': { changed: '${{ steps.result.outputs.changed }}', commit: '${{ steps.result.outputs.commit }}' },
    'steps': [
      { uses: action('checkout'), with: { 'ref': baseBranch, 'persist-credentials': false } },
      { uses: action('setup-node'), with: { 'node-version': '22' } },
      { uses: action('setup-python'), with: { 'python-version': '3.12' } },
      { run: 'npm ci' },
      { run: taskCommand(project, 'setup') },
      { name: 'Upgrade', run: `${taskCommand(project, 'upgrade')} || ${LEFT_A_RESULT}` },
      { name: 'Keep what changed', id: 'result', run: upgradeScript('github-result.sh') },
      {
        if: 'steps.result.outputs.changed == \'true\'',
        uses: action('upload-artifact'),
        with: { 'name': 'upgrade', 'path': 'build/upgrade/', 'if-no-files-found': 'error', 'retention-days': 7 },
      },
    ],
  };
}

function pullRequestJob(baseBranch: string): object {
  return {
    'needs': 'upgrade',
    'if': 'needs.upgrade.outputs.changed == \'true\'',
    'runs-on': 'ubuntu-latest',
    'timeout-minutes': 10,
    'permissions': { 'contents': 'write', 'pull-requests': 'write' },
    'steps': [
      // The very commit that was upgraded: the patch is made for it.
      { uses: action('checkout'), with: { ref: '${{ needs.upgrade.outputs.commit }}' } },
      { uses: action('download-artifact'), with: { name: 'upgrade', path: '${{ runner.temp }}/upgrade' } },
      {
        name: 'Open or update the pull request',
        shell: 'bash',
        env: {
          BASE_BRANCH: baseBranch, UPGRADE_BRANCH, UPGRADE: '${{ runner.temp }}/upgrade',
          GH_TOKEN: '${{ github.token }}', GH_ENTERPRISE_TOKEN: '${{ github.token }}',
        },
        run: upgradeScript('github.sh'),
      },
    ],
  };
}

function action(name: string): string {
  const full = `actions/${name}`;
  return `${full}@${ACTIONS[full][0]}`;
}
