import { Project } from 'projen';
import { parse } from 'yaml';
import { Delivery } from '../../../src/delivery/delivery';
import { DeliveryEngine } from '../../../src/options/delivery-engine';
import { type GithubActionsOptions, WorkflowJob } from '../../../src/options/github-actions';
import { GithubDelivery, SageMakerCicdProject, type SageMakerCicdProjectOptions } from '../../../src/project';
import { DELIVERIES } from '../../../testing/deliveries/deliveries';
import { BY_WORKFLOWS } from '../../../testing/deliveries/workflows';
import { projectDirectory } from '../../../testing/project-directory';
import { actionlint } from '../../../testing/workflows/lint';

const directory = projectDirectory();
const FOLDER = '.github/workflows';
const IMAGE = `public.ecr.aws/acme/ci@sha256:${'0a'.repeat(32)}`;
const OWN = ['build-main.yml', 'deploy-main.yml', 'infrastructure.yml'].map(file => `${FOLDER}/${file}`);
const { endpoint, source, tooling, engine } = BY_WORKFLOWS.workflows;

function synth(github: Partial<GithubActionsOptions> = {}, more: Partial<SageMakerCicdProjectOptions> = {}): string[] {
  new SageMakerCicdProject({
    name: 'churn', outdir: directory.path, endpoint, source, tooling,
    engine: { type: DeliveryEngine.GITHUB_ACTIONS, github: { ...engine!.github!, ...github } }, ...more,
  } as SageMakerCicdProjectOptions).synth();
  return directory.files();
}

interface Job { readonly 'runs-on': string[]; readonly 'container'?: object; readonly 'steps': { name?: string; run?: string }[] }
const jobsOf = (file: string) => (parse(directory.read(`${FOLDER}/${file}`)) as { jobs: { [id: string]: Job } }).jobs;
const names = (job: Job) => job.steps.map(step => step.name);

test.each([false, true])('the workflows are there in place of a buildspec, in a project of Python: %s', projenrcPython => {
  const files = synth({}, { projenrcPython });
  expect(files).toEqual(expect.arrayContaining(OWN));
  expect(files).not.toContain('buildspec.yml');
});

test('the other engine has a buildspec and none of these workflows, and a switch takes away what was there', () => {
  synth();
  new SageMakerCicdProject({ name: 'churn', outdir: directory.path, endpoint } as SageMakerCicdProjectOptions).synth();
  const files = directory.files();
  expect(files).toContain('buildspec.yml');
  expect(files.filter(file => OWN.includes(file))).toEqual([]);
  expect(synth()).not.toContain('buildspec.yml');
});

test('a group more has workflows more', () => {
  const deploymentGroups = [{ name: 'main' }, { name: 'next', sourceBranch: 'next' }];
  expect(synth({}, { deploymentGroups })).toEqual(expect.arrayContaining([
    ...OWN, `${FOLDER}/build-next.yml`, `${FOLDER}/deploy-next.yml`,
  ]));
  expect(synth()).not.toContain(`${FOLDER}/build-next.yml`);
});

test('own steps come after the tools are installed and before the tests, and in a synth before the templates', () => {
  synth({
    extraSteps: [
      { job: WorkflowJob.BUILD, name: 'scan', run: 'make scan' }, { job: WorkflowJob.SYNTH, name: 'login', run: 'make login' },
      { job: WorkflowJob.PULL_REQUEST, name: 'spelling', run: 'make spelling' },
    ],
  });
  expect(names(jobsOf('build-main.yml').build).slice(-7)).toEqual([
    'install', 'scan', 'test', 'compile', 'upload', 'upsert', 'start',
  ]);
  expect(names(jobsOf('pull-request.yml')['pull-request']).slice(3, 6)).toEqual(['install', 'spelling', 'lint']);
  for (const { steps } of [jobsOf('deploy-main.yml').assemble, jobsOf('infrastructure.yml').synth]) {
    const own = steps.findIndex(step => step.run === 'make login');
    expect([steps[own - 1].name, steps[own + 1].name]).toEqual(['install', 'synth']);
  }
});

test('all jobs run on the runners and in the container that are asked for', () => {
  synth({ runsOn: ['self-hosted', 'linux'], container: IMAGE });
  for (const job of ['build-main.yml', 'deploy-main.yml', 'infrastructure.yml'].flatMap(file => Object.values(jobsOf(file)))) {
    expect(job).toMatchObject({ 'runs-on': ['self-hosted', 'linux'], 'container': { image: IMAGE } });
  }
});

test('a build waits for the pipeline that it starts if that is wanted', () => {
  const project = new Project({ name: 'churn', outdir: directory.path });
  new GithubDelivery(project, Delivery.of(BY_WORKFLOWS.workflows), { waitForPipeline: true, pythonVersion: '3.12' });
  project.synth();
  expect(jobsOf('build-main.yml').build.steps.at(-1)!.run).toMatch(/ start --wait$/);
  expect(directory.read(OWN[0])).toContain('python-version: "3.12"');
});

test('another engine has no workflows', () => {
  const project = new Project({ name: 'churn', outdir: directory.path });
  expect(() => new GithubDelivery(project, Delivery.of(DELIVERIES.default))).toThrow('No workflow runs this delivery.');
});

test('a workflow that is the user\'s is left alone', () => {
  synth();
  directory.write('mine', 'x');
  expect(synth({}, { userOwned: [OWN[0]] })).toContain(OWN[0]);
});

test.each(Object.keys(BY_WORKFLOWS))('actionlint blames nothing in the workflows of "%s"', async name => {
  const project = new Project({ name: 'churn', outdir: directory.path });
  new GithubDelivery(project, Delivery.of(BY_WORKFLOWS[name]));
  project.synth();
  const files = directory.files().filter(file => file.startsWith(FOLDER));
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) { expect(await actionlint(file, directory.read(file))).toEqual([]); }
});
