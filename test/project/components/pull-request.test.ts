import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { SourceType } from '../../../src/options/source';
import { SageMakerCicdProject, type SageMakerCicdProjectOptions } from '../../../src/project';
import { projectDirectory } from '../../../testing/project-directory';

const GITHUB = '.github/workflows/pull-request.yml';
const GITLAB = '.gitlab-ci.yml';
const CONNECTION = 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000';

const directory = projectDirectory();
const { read } = directory;

function synth(type: SourceType, options: Partial<SageMakerCicdProjectOptions> = {}): void {
  const source = type === SourceType.CODECOMMIT
    ? { type } : { type, repository: 'team/churn', connectionArn: CONNECTION };
  new SageMakerCicdProject({ name: 'churn', outdir: directory.path, source, ...options }).synth();
}

const written = () => [GITHUB, GITLAB].filter(file => directory.exists(file));

interface Step { readonly uses?: string; readonly run?: string; readonly env?: object; readonly with?: object }
interface Workflow {
  readonly on: object; readonly permissions: object; readonly jobs: {
    readonly 'pull-request': { readonly permissions: object; readonly steps: readonly Step[] };
  };
}
interface Task { readonly env: { readonly [name: string]: string }; readonly steps: readonly object[] }

test('a repository on GitHub gets a workflow, as reviewed', () => {
  synth(SourceType.GITHUB);
  expect(read(GITHUB)).toMatchSnapshot();
});

test('a repository on GitLab gets a pipeline for merge requests, as reviewed', () => {
  synth(SourceType.GITLAB, { pullRequests: { data: 'data/small.csv' } });
  expect(read(GITLAB)).toMatchSnapshot();
});

test.each<[SourceType, string[]]>([
  [SourceType.GITHUB, [GITHUB]],
  [SourceType.GITHUB_ENTERPRISE, [GITHUB]],
  [SourceType.GITLAB, [GITLAB]],
  [SourceType.GITLAB_SELF_MANAGED, [GITLAB]],
  [SourceType.CODECOMMIT, []],
  [SourceType.BITBUCKET, []],
])('on %s checks are in %j, and go when they are not wanted', (type, files) => {
  synth(type);
  expect(written()).toEqual(files);
  synth(type, { pullRequests: { checks: false } });
  expect(written()).toEqual([]);
});

test('a file that is the user\'s stays as it is', () => {
  synth(SourceType.GITHUB, { userOwned: [GITHUB] });
  expect(written()).toEqual([]);
});

test('what runs code that nobody has reviewed may read the repository, and has neither secrets nor credentials', () => {
  synth(SourceType.GITHUB);
  const text = read(GITHUB);
  const { on, permissions, jobs: { 'pull-request': job } } = parse(text) as Workflow;
  expect(on).toEqual({ pull_request: {}, merge_group: {} });
  expect([permissions, job.permissions]).toEqual([{}, { contents: 'read' }]);
  expect(job.steps[0].with).toMatchObject({ 'persist-credentials': false });
  expect(text).not.toMatch(/secrets\.|github\.token|id-token|actions\/cache|upload-artifact/);
  // The only text of somebody else's is the name of a branch of this repository, in a variable.
  expect([...text.matchAll(/\$\{\{ (.*?) \}\}/g)].map(([, expression]) => expression).filter(
    (expression, i, all) => all.indexOf(expression) === i)).toEqual([
    'github.event.pull_request.number || github.ref', 'github.base_ref || github.event.merge_group.base_sha',
  ]);
  job.steps.forEach(step => expect(step.run ?? '').not.toContain('${{'));
});

test('no step takes up a cache, or leaves one', () => {
  synth(SourceType.GITHUB);
  const caching = ['pull-request', 'upgrade'].flatMap(name =>
    read(`.github/workflows/${name}.yml`).match(/setup-node@[^]*?package-manager-cache: (\w+)/)?.[1]);
  expect(caching).toEqual(['false', 'false']);
});

test('data for the comparison is given as a variable', () => {
  synth(SourceType.GITHUB, { pullRequests: { data: 'data/a b.csv' } });
  const { jobs: { 'pull-request': { steps } } } = parse(read(GITHUB)) as Workflow;
  expect(steps.at(-1)).toMatchObject({ env: { DATA: 'data/a b.csv' } });
  const shown = (env: object) => spawnSync('bash', ['-c', `npm() { printf '%s\\n' "$@"; }; ${steps.at(-1)!.run}`], {
    encoding: 'utf8', env: { PATH: process.env.PATH, TARGET: 'main', GITHUB_STEP_SUMMARY: '/s', ...env },
  }).stdout.trim().split('\n');
  expect(shown({ DATA: 'data/a b.csv' }).slice(3)).toEqual([
    '--', '--offline', '--target', 'main', '--data', 'data/a b.csv', '--summary', '/s',
  ]);
  expect(shown({}).slice(3)).toEqual(['--', '--offline', '--target', 'main', '--summary', '/s']);
});

test.each(['/etc/passwd', '../elsewhere.csv', 's3://bucket/rows.csv', '-x', '$(id)', '`id`', 'a"b', ''])(
  'data at %j is refused', data => {
    expect(() => synth(SourceType.GITHUB, { pullRequests: { data } })).toThrow('pullRequests.data');
  });

test('the task compares with the branch of the first group, with the same commands there as here', () => {
  synth(SourceType.CODECOMMIT, { deploymentGroups: [{ name: 'dev', sourceBranch: 'next' }, { name: 'main' }] });
  const { tasks } = JSON.parse(read('.projen/tasks.json')) as { readonly tasks: { readonly [name: string]: Task } };
  const { env, steps } = tasks['pr:compare'];
  expect(env.PIPELINE_TARGET_BRANCH).toBe('next');
  const here = JSON.stringify(steps);
  const there = env.PIPELINE_TARGET_COMMAND.split(' && ');
  expect(there).toHaveLength(3);
  there.slice(0, 2).forEach(command => expect(here).toContain(command));
  expect(there[2]).toMatch(/ python -m pipelines\.local run --no-register$/);
});
