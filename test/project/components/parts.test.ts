import { Project } from 'projen';
import { ModelCode } from '../../../src/project/components/model-code';
import { PipelineCode } from '../../../src/project/components/pipeline-code';
import { PythonEnvironment } from '../../../src/project/components/python-environment';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();

/** A project of another kind, with a name that would be none of ours. */
function anyProject(name: string): Project {
  return new Project({ name, outdir: directory.path });
}

const pipeline = (project: Project, options: object): PipelineCode =>
  new PipelineCode(project, { python: new PythonEnvironment(project, { dependencies: [] }), ...options });

test('the model code alone refuses a problem type that does not exist', () => {
  expect(() => new ModelCode(anyProject('@team/churn'), { problemType: 'binry' })).toThrow(
    'option problemType: "binry" is not valid; allowed: "binary", "multiclass", "regression". Did you mean "binary"?',
  );
});

test('the pipeline alone checks its options, all in one go', () => {
  expect(() => pipeline(anyProject('churn'), { framework: 'xgbost', training: { instanceCount: 0 } })).toThrow(
    /^2 options are invalid:\n {2}- option framework: "xgbost".*\n {2}- option training\.instanceCount: 0/,
  );
});

test('the pipeline alone takes its name from a project of any kind, or says that it needs one', () => {
  expect(() => pipeline(anyProject('@team/churn'), {})).toThrow('option modelName: "@team/churn" is not valid');
  pipeline(anyProject('@team/churn'), { modelName: 'churn' });
  pipeline(anyProject('Churn-2'), {});
});

test('the pipeline alone has no threshold by itself when it is run on other data than the sample', () => {
  const project = anyProject('churn');
  pipeline(project, { ownData: true });
  project.synth();
  const { qualityGate } = JSON.parse(directory.read('config/parameters.json')) as { qualityGate: object };
  expect(qualityGate).toEqual({ metric: 'average_precision', comparison: '>' });
});
