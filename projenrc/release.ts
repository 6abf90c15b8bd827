import { commit, type Job, nodejs, RUNNER, type Workflow } from './workflow';
import { action } from '../src/ci/github/actions';

/** The environment that npm and PyPI trust: its reviewers see what is to be published before a job gets a token. */
const ENVIRONMENT = 'release';

const PYPI = 'pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 (v1.14.2)';

/** What the build leaves, as the jobs after it know it. */
const built = (output: string): string => `needs.release.outputs.${output}`;
const left = (step: string, output: string): string => `\${{ steps.${step}.outputs.${output} }}`;

/**
 * A release of every commit on the main branch that changes something for users. The job that runs code of the
 * repository can only read. Those that may publish run nothing of it: they take the very files it left, by their
 * digest, and show each registry who they are with a token of this run. There is no secret to steal.
 */
export function releaseWorkflow(): Workflow {
  return {
    'name': 'release',
    'run-name': '${{ inputs.dry_run && format(\'[DRY RUN] release by @{0}\', github.actor) || \'\' }}',
    'on': {
      push: { branches: ['main'] },
      workflow_dispatch: {
        inputs: {
          dry_run: { description: 'Only build what would be published', required: false, type: 'boolean' },
        },
      },
    },
    'permissions': {},
    'concurrency': { 'group': '${{ github.workflow }}', 'cancel-in-progress': false },
    'jobs': { release: build(), release_npm: npm(), release_pypi: pypi(), release_github: github() },
  };
}

function build(): Job {
  return {
    'name': 'Build',
    'runs-on': RUNNER,
    'permissions': { contents: 'read' },
    'outputs': {
      latest_commit: left('state', 'latest_commit'),
      tag_exists: left('state', 'tag_exists'),
      artifact_id: left('keep', 'artifact-id'),
      artifact_digest: left('keep', 'artifact-digest'),
    },
    'env': { CI: 'true' },
    'steps': [
      // The version and the changelog are made from tags and commits.
      commit({ 'fetch-depth': 0 }),
      ...nodejs('22'),
      { name: 'Python', uses: action('actions/setup-python'), with: { 'python-version': '3.x' } },
      { name: 'Install', run: 'npm ci' },
      { name: 'Build', run: 'npx projen release' },
      {
        name: 'Is it published, is it the newest?',
        id: 'state',
        shell: 'bash',
        run: [
          'tag=$(cat dist/releasetag.txt)',
          'tags=$(git ls-remote origin "refs/tags/$tag")',
          'heads=$(git ls-remote origin "$GITHUB_REF")',
          'echo "tag_exists=$([ -n "$tags" ] && echo true || echo false)" >>"$GITHUB_OUTPUT"',
          'echo "latest_commit=$(cut -f1 <<<"$heads")" >>"$GITHUB_OUTPUT"',
        ].join('\n'),
      },
      {
        name: 'Keep',
        id: 'keep',
        uses: action('actions/upload-artifact'),
        with: { 'name': 'dist', 'path': 'dist', 'if-no-files-found': 'error', 'overwrite': true },
      },
    ],
  };
}

function npm(): Job {
  return publishing('Publish to npm', {
    environment: ENVIRONMENT,
    permissions: { 'id-token': 'write (shows npm which workflow and environment this is; signs the provenance)' },
  }, [
    // The first npm that can publish without a token is 11.5.1 (npm documentation, "Trusted publishing").
    ...nodejs('24'),
    { name: 'Publish', run: 'npm publish ./dist/js/*.tgz --access public --provenance --ignore-scripts' },
  ]);
}

function pypi(): Job {
  return publishing('Publish to PyPI', {
    environment: ENVIRONMENT,
    permissions: { 'id-token': 'write (shows PyPI which workflow and environment this is; signs the attestations)' },
  }, [
    { name: 'Publish', uses: PYPI, with: { 'packages-dir': 'dist/python', 'attestations': true, 'print-hash': true } },
  ]);
}

function github(): Job {
  return publishing('Publish to GitHub Releases', {
    needs: ['release', 'release_npm', 'release_pypi'],
    permissions: { contents: 'write (makes the tag and the release)' },
  }, [{
    name: 'Publish',
    shell: 'bash',
    env: { GH_TOKEN: '${{ github.token }}' },
    run: [
      'tag=$(cat dist/releasetag.txt)',
      'gh release view "$tag" --repo "$GITHUB_REPOSITORY" ||',
      '  gh release create "$tag" --repo "$GITHUB_REPOSITORY" --title "$tag" --notes-file dist/changelog.md \\',
      '    --target "$GITHUB_SHA"',
    ].join('\n'),
  }]);
}

/** A job that publishes: nothing is checked out or installed, the files are those that the build left. */
function publishing(name: string, more: Partial<Job> & Pick<Job, 'permissions'>, steps: Job['steps']): Job {
  return {
    name,
    'needs': ['release'],
    'if': [
      'github.ref == \'refs/heads/main\'', '!inputs.dry_run', `${built('tag_exists')} == 'false'`,
      `${built('latest_commit')} == github.sha`,
    ].join(' && '),
    'runs-on': RUNNER,
    ...more,
    'steps': [
      {
        name: 'Take what was built',
        uses: action('actions/download-artifact'),
        with: {
          'artifact-ids': `\${{ ${built('artifact_id')} }}`,
          'path': '${{ runner.temp }}/built',
          'skip-decompress': true,
        },
      },
      {
        name: 'Verify it',
        shell: 'bash',
        env: { DIGEST: `\${{ ${built('artifact_digest')} }}` },
        run: [
          'files=("$RUNNER_TEMP"/built/*)',
          'echo "$DIGEST  ${files[0]}" | sha256sum --check --strict',
          'unzip -q "${files[0]}" -d dist',
        ].join('\n'),
      },
      ...steps,
    ],
  };
}
