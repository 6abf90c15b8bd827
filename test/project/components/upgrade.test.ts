import { spawnSync } from 'node:child_process';
import { Project } from 'projen';
import { parse } from 'yaml';
import { SageMakerCicdProject, type SageMakerCicdProjectOptions, UpgradeWorkflow } from '../../../src/project';
import { withArguments } from '../../../src/project/commands';
import { projectDirectory } from '../../../testing/project-directory';

const WORKFLOW = '.github/workflows/upgrade.yml';

const directory = projectDirectory();
const { read } = directory;

const source = {
  type: 'github', repository: 'team/churn',
  connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0123abcd-0000-0000-0000-000000000000',
} as SageMakerCicdProjectOptions['source'];

function synth(options: Partial<SageMakerCicdProjectOptions> = {}): string | undefined {
  new SageMakerCicdProject({ name: 'churn', outdir: directory.path, ...options }).synth();
  return directory.exists(WORKFLOW) ? read(WORKFLOW) : undefined;
}

interface Step {
  readonly uses?: string; readonly run?: string; readonly env?: object; readonly with?: {
    readonly [name: string]: unknown;
  };
}
interface Job { readonly permissions: object; readonly steps: readonly Step[] }
interface Workflow {
  readonly on: { readonly schedule: object[] }; readonly permissions: object; readonly jobs: {
    readonly [name: string]: Job;
  };
}

test('a repository on GitHub gets a workflow, as reviewed', () => {
  expect(synth({ source })).toMatchSnapshot();
});

test.each<[string, Partial<SageMakerCicdProjectOptions>]>([
  ['CodeCommit has a scheduled build instead', {}],
  ['it is never wanted', { source, upgrade: { schedule: 'never' } }],
  ['no pull requests are wanted', { source, upgrade: { pullRequests: false } }],
])('there is no workflow when %s', (_, options) => {
  expect(synth(options)).toBeUndefined();
});

test('the workflow goes when the option that asked for it goes', () => {
  expect(synth({ source })).toBeDefined();
  expect(synth({ source, upgrade: { pullRequests: false } })).toBeUndefined();
});

test.each([['daily', '0 5 * * *'], ['weekly', '0 5 * * 1'], ['monthly', '0 5 1 * *']])('%s means %s', (
  schedule, cron,
) => {
  const workflow = parse(synth({ source, upgrade: { schedule } })!) as Workflow;
  expect(workflow.on.schedule).toEqual([{ cron }]);
});

test('an unknown schedule is refused by the component, too', () => {
  const project = new Project({ name: 'plain', outdir: directory.path });
  expect(() => new UpgradeWorkflow(project, { schedule: 'hourly', baseBranch: 'main' }))
    .toThrow('allowed: daily, weekly, monthly');
});

test('pull requests go to the branch that the delivery\'s first group is built from', () => {
  const bases = (deploymentGroups?: SageMakerCicdProjectOptions['deploymentGroups']) =>
    [...synth({ source, deploymentGroups })!.matchAll(/(?:ref|SOURCE_BRANCH): (?!\$)(\S+)/g)].map(match => match[1]);
  expect(bases()).toEqual(['main', 'main']);
  expect(bases([{ name: 'dev' }, { name: 'main' }])).toEqual(['dev', 'dev']);
  expect(bases([{ name: 'dev', sourceBranch: 'next' }])).toEqual(['next', 'next']);
});

test('every action is named by its commit, with its version beside it', () => {
  const lines = synth({ source })!.split('\n').filter(line => line.includes('uses:'));
  expect(lines).toHaveLength(6);
  lines.forEach(line => expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/));
});

test('what runs new packages may only read and leaves no token behind; what may write runs none of them', () => {
  const { permissions, jobs } = parse(synth({ source })!) as Workflow;
  expect(permissions).toEqual({});
  expect(jobs.upgrade.permissions).toEqual({ contents: 'read' });
  expect(jobs.upgrade.steps[0].with).toMatchObject({ 'persist-credentials': false });
  expect(JSON.stringify(jobs.upgrade)).not.toContain('github.token');
  expect(jobs['pull-request'].permissions).toEqual({ 'contents': 'write', 'pull-requests': 'write' });
  expect(jobs['pull-request'].steps.map(step => step.run
    ?? '').join('\n')).not.toMatch(/^\s*(npm|npx|node|uv|pip|python3?)\b/m);
});

test('pull requests go to the branch of the first group', () => {
  expect(synth({ source, deploymentGroups: [{ name: 'dev', sourceBranch: 'develop' }, { name: 'main' }] })).toContain(
    'SOURCE_BRANCH: develop',
  );
});

test('every script is one that bash can read', () => {
  const { jobs } = parse(synth({ source })!) as Workflow;
  const scripts = Object.values(jobs).flatMap(job => job.steps).flatMap(step => step.run ?? []);
  expect(scripts).toHaveLength(4);
  scripts.forEach(input =>
    expect(spawnSync('bash', ['-n'], { input, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' }));
});

test.each([
  [false, withArguments('sagemaker-cicd-projen upgrade')],
  [true, withArguments('uv run --frozen --only-group infra sagemaker-cicd-projen upgrade')],
])('the task upgrade with projenrcPython %s makes uv available, then runs the command with its '
  + 'arguments', (projenrcPython, exec) => {
  synth({ projenrcPython });
  const { tasks } = JSON.parse(read('.projen/tasks.json')) as { tasks: { [name: string]: { steps: object[] } } };
  expect(tasks.upgrade.steps).toEqual([{ spawn: 'python:uv' }, { exec, receiveArgs: true }]);
});

test('the delivery that the infrastructure reads says how upgrades come in', () => {
  synth({ upgrade: { schedule: 'daily' } });
  const delivery = JSON.parse(read('config/delivery.json')) as object;
  expect(delivery).toMatchObject({ upgrade: { schedule: 'daily', pullRequests: true } });
});
