import { Delivery } from '../../../src/delivery/delivery';
import { EndpointKind, type EndpointOptions, type EndpointOverrideOptions } from '../../../src/options/endpoint';
import { SageMakerCicdProject, ScorePipeline } from '../../../src/project';
import { withArguments } from '../../../src/project/commands';
import { projectDirectory } from '../../../testing/project-directory';

const { BATCH } = EndpointKind;
const directory = projectDirectory();

function made(endpoint: EndpointOptions, own: EndpointOverrideOptions = {}): SageMakerCicdProject {
  const project = new SageMakerCicdProject({
    name: 'churn', outdir: directory.path, endpoint,
    deploymentGroups: [{ name: 'main', deployEnvironments: [{ name: 'prod', endpoint: own }] }],
  });
  project.synth();
  return project;
}

interface Definition {
  readonly Parameters: ReadonlyArray<{ readonly Name: string; readonly DefaultValue?: unknown }>;
}

const written = (): Definition => JSON.parse(directory.read('config/score.json')) as Definition;
const defaultOf = (name: string) => written().Parameters.find(p => p.Name === name)?.DefaultValue;

test('a repository that scores in batches has the pipeline, and a task that runs it on this machine', () => {
  const { scorePipeline, tasks } = made({ kind: BATCH, batch: { inputFilter: '$[1:]' } });
  expect(scorePipeline?.task.name).toBe('pipeline:score');
  expect(tasks.tryFind('pipeline:score')?.steps.map(({ spawn, exec }) => spawn ?? exec)).toEqual([
    'python:ready', withArguments('uv run --frozen python -m pipelines.local score'),
  ]);
  expect([defaultOf('InputFilter'), defaultOf('OutputUrl')]).toEqual(['$[1:]', 's3://scores/churn']);
});

test('the documents name the task where there is one, and only there', () => {
  const said = () => ['README.md', 'AGENTS.md'].map(name => directory.read(name).includes('pipeline:score -- '));
  made({ kind: BATCH });
  expect(said()).toEqual([true, true]);
  made({});
  expect(said()).toEqual([false, false]);
});

test('one environment of the kind is enough, and its options count', () => {
  made({ kind: EndpointKind.REALTIME }, { kind: BATCH, batch: { contentType: 'application/jsonlines' } });
  expect([defaultOf('ContentType'), defaultOf('Accept')]).toEqual(['application/jsonlines', 'application/jsonlines']);
});

test('a repository with endpoints alone has neither', () => {
  const { scorePipeline, tasks } = made({});
  expect([scorePipeline, tasks.tryFind('pipeline:score')]).toEqual([undefined, undefined]);
  expect(directory.exists('config/score.json')).toBe(false);
});

test('used alone it says that a delivery has nothing to score', () => {
  const project = made({});
  const delivery = Delivery.of({ name: 'churn', endpoint: { smokeTest: { body: '1' } } });
  expect(() => new ScorePipeline(project, { delivery, python: project.python })).toThrow(
    /endpoint\.kind: "realtime".*"batch" in the delivery/,
  );
});
