import { Component, type IResolver, type Project, YamlFile } from 'projen';
import { releaseWorkflow } from './release';
import { commit, nodejs, RUNNER, type Workflow } from './workflow';
import { withVersions } from '../src/ci/github/actions';

const TYPES = ['bench', 'build', 'chore', 'docs', 'feat', 'fix', 'perf', 'refactor', 'style', 'test'];

/**
 * The project's own workflows, by the rules by which it renders those of others: actions by commit, since a tag can be
 * moved; no right that a job does not need; no credentials where code of the repository runs; no text of somebody
 * else's in a script; no trigger that hands a token to what a fork says.
 */
export class Workflows extends Component {
  public constructor(project: Project) {
    super(project);
    const workflows: readonly Workflow[] = [buildWorkflow(), titleWorkflow(), releaseWorkflow()];
    for (const obj of workflows) {
      new CommentedYamlFile(project, `.github/workflows/${obj.name}.yml`, { obj, committed: true });
    }
  }
}

/** A pull request does not wait for the run of what it was before. */
const NEWEST = {
  'group': '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': true,
};

/** What is made of a pull request, with no right but to read: it is somebody else's code. */
function buildWorkflow(): Workflow {
  return {
    name: 'build',
    on: { pull_request: {}, workflow_dispatch: {} },
    permissions: {},
    concurrency: NEWEST,
    jobs: {
      build: {
        'name': 'Build and test',
        'runs-on': RUNNER,
        'permissions': { contents: 'read' },
        'env': { CI: 'true' },
        'steps': [
          commit(),
          ...nodejs('22'),
          { name: 'Install', run: 'npm ci' },
          { name: 'Build', run: 'npx projen build' },
          {
            name: 'What is generated must be committed',
            run: ['git add --all', 'git diff --staged --exit-code'].join('\n'),
          },
        ],
      },
    },
  };
}

/** A pull request becomes one commit: its title is that of the commit, and an entry of the changelog. */
function titleWorkflow(): Workflow {
  return {
    name: 'pull-request-lint',
    on: { merge_group: {}, pull_request: { types: ['opened', 'reopened', 'synchronize', 'edited'] } },
    permissions: {},
    concurrency: NEWEST,
    jobs: {
      validate: {
        'name': 'Validate PR title',
        'runs-on': RUNNER,
        'if': 'github.event_name == \'pull_request\'',
        'permissions': {},
        'steps': [{
          name: 'A conventional commit',
          shell: 'bash',
          env: { TITLE: '${{ github.event.pull_request.title }}' },
          run: [
            `pattern='^(${TYPES.join('|')})(\\([^()]+\\))?!?: .+'`,
            'if ! [[ $TITLE =~ $pattern ]]; then',
            `  echo '::error::The title must be a conventional commit, for example "feat(runner): ...". Types: ${
              TYPES.join(', ')}.'`,
            '  exit 1',
            'fi',
          ].join('\n'),
        }],
      },
    },
  };
}

/** YAML objects hold no comments: what stands in parentheses after a right or an action becomes one. */
class CommentedYamlFile extends YamlFile {
  protected override synthesizeContent(resolver: IResolver): string | undefined {
    const text = super.synthesizeContent(resolver);
    return text && withVersions(text).replace(/^( *(?:- )?[a-z-]+: \S+) \((.+)\)$/gm, '$1 # $2');
  }
}
