import * as fs from 'node:fs';
import { Project } from 'projen';
import {
  Buildspec, ModelCode, PipelineCode, PythonEnvironment, SageMakerCicdProject, type SageMakerCicdProjectOptions,
} from '../../src/project';
import { projectDirectory } from '../../testing/project-directory';

const directory = projectDirectory();
const { files, read, write } = directory;

function synth(options: Partial<SageMakerCicdProjectOptions> = {}): void {
  new SageMakerCicdProject({ name: 'churn', outdir: directory.path, ...options }).synth();
}


describe.each([['TypeScript', false], ['Python', true]])('the %s flavour', (_, projenrcPython) => {
  test.each([
    'buildspec.yml', 'cdk.json', 'pyproject.toml', 'config/parameters.json', 'config/delivery.json',
  ])('%s', file => {
    synth({ projenrcPython });
    expect(read(file)).toMatchSnapshot();
  });

  test('npm packages and tasks', () => {
    synth({ projenrcPython });
    const manifest = JSON.parse(read('package.json')) as { devDependencies: object };
    expect(Object.keys(manifest.devDependencies)).toMatchSnapshot();
    const { tasks } = JSON.parse(read('.projen/tasks.json')) as { tasks: { [name: string]: { steps?: object[] } } };
    expect(Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, task.steps]))).toMatchSnapshot();
  });

  test('a second synth changes no file', () => {
    synth({ projenrcPython });
    const before = files().map(file => [file, read(file)]);
    synth({ projenrcPython });
    expect(files().map(file => [file, read(file)])).toEqual(before);
  });
});

test('the flavours differ only in the rc file, what compiles it, and infra/', () => {
  synth();
  // The names of remembered files are made of their contents.
  const isNoMemory = (file: string): boolean => !file.startsWith('.projen/sync/');
  const typescript = files().filter(isNoMemory);
  fs.rmSync(directory.path, { recursive: true });
  synth({ projenrcPython: true });
  const python = files().filter(isNoMemory);
  expect(typescript.filter(file => !python.includes(file))).toEqual(['infra/app.ts', 'tsconfig.json']);
  expect(python.filter(file => !typescript.includes(file))).toEqual(['infra/app.py']);
});

test('the README names the repository\'s own model, gate and stages', () => {
  synth({ modelName: 'Churn-2', qualityGate: { metric: 'auc', threshold: 0.91 } });
  expect(read('README.md')).toContain('`Churn-2`');
  expect(read('README.md')).toContain('auc >= 0.91');
  expect(read('README.md')).toMatch(/```mermaid\nflowchart[^`]*staging[^`]*prod/);
  expect(read('README.md')).toContain('approve Churn-2/1 --why');
  expect(read('README.md')).toContain('`inputDataUrl` and `targetColumn` of `training` in `.projenrc.ts`');
});

test('the README changes a hyperparameter that the framework has', () => {
  synth();
  expect(read('README.md')).toContain('--set max_depth=6`');
  fs.rmSync(directory.path, { recursive: true });
  synth({ framework: 'sklearn' });
  expect(read('README.md')).toContain('--set max_leaf_nodes=31`');
});

test('arguments reach a command as they were given, spaces and all', () => {
  synth();
  const { tasks } = JSON.parse(read('.projen/tasks.json')) as {
    tasks: { [name: string]: { steps?: { exec?: string; receiveArgs?: boolean }[] } };
  };
  for (const name of [
    'pipeline:local', 'pipeline:registry', 'pipeline:report', 'pipeline:compile', 'test', 'lint', 'synth', 'diff',
    'deploy',
  ]) {
    const receiving = tasks[name].steps?.filter(step => step.receiveArgs) ?? [];
    expect(receiving.map(step => step.exec)).toEqual([expect.stringMatching(/ "\$@"$/)]);
  }
});

test('what is ignored is readable: the runner\'s files are not listed one by one', () => {
  synth();
  expect(read('.gitignore')).not.toContain('pipelines/local');
});

test('a refusal touches nothing', () => {
  expect(() => synth({ framework: 'xgbost' })).toThrow('Did you mean "xgboost"?');
  expect(() => synth({ endpoint: '{}' as never })).toThrow('option endpoint: ');
  expect(() => synth({ training: { inputDataUrl: 's3://data/x' } })).toThrow('option endpoint.smokeTest: ');
  expect(() => synth({ deployGroups: [] } as never)).toThrow('did you mean deploymentGroups?');
  expect(files()).toEqual([]);
});

test('a changed option changes only what it should', () => {
  synth();
  const before = new Map(files().map(file => [file, read(file)]));
  synth({ training: { instanceType: 'ml.c5.xlarge' } });
  expect(files().filter(file => before.get(file) !== read(file))).toEqual([
    expect.stringMatching(/^\.projen\/sync\/config\/parameters\.json\.[0-9a-f]{16}$/), 'config/parameters.json',
  ]);
});

test.each([
  [
    { framework: 'sklearn' },
    'option framework: "sklearn" is not valid; allowed: "xgboost", which this repository was made for',
  ],
  [{ problemType: 'regression' }, 'option problemType: '],
  [{ projenrcPython: true }, 'option projenrcPython: true is not valid'],
])('switching an existing repository to %j says what to do and changes nothing', (options, message) => {
  synth();
  const before = files().map(file => [file, read(file)]);
  expect(() => synth(options)).toThrow(message);
  expect(files().map(file => [file, read(file)])).toEqual(before);
});

test('sample request and data follow the user\'s own file', () => {
  write('data/mine.csv', 'a,left,b\r\n1.5,yes,7\r\n2,no,8\r\n');
  synth({ training: { inputDataUrl: 'data/mine.csv', targetColumn: 'left' } });
  const delivery = JSON.parse(read('config/delivery.json')) as { endpoint: { smokeTest: { body: string } } };
  expect(delivery.endpoint.smokeTest.body).toBe('1.5,7');
});

test.each([
  ['a "quoted" cell', '"a, b",left,c\n"East, coastal",yes,7\n1,no,2\n', 'left', '"East, coastal",7'],
  ['a quoted target', 'a,"the ""end""",c\n1,yes,7\n', 'the "end"', '1,7'],
])('the sample request of data with %s', (_, content, targetColumn, body) => {
  write('data/mine.csv', content);
  synth({ training: { inputDataUrl: 'data/mine.csv', targetColumn } });
  const delivery = JSON.parse(read('config/delivery.json')) as { endpoint: { smokeTest: { body: string } } };
  expect(delivery.endpoint.smokeTest.body).toBe(body);
});

test.each([
  ['data/mien.csv', 'left', 'option training.inputDataUrl: "data/mien.csv" is not valid; allowed: a file or directory '
    + 'of this repository, or an s3:// URL. There is no such file'],
  ['data/mine.csv', 'lefft', 'option training.targetColumn: "lefft" is not valid; allowed: a column of data/mine.csv: '
    + 'a, left, b. Did you mean "left"?'],
  [
    undefined, 'left',
    'option training.targetColumn: "left" is not valid; allowed: a column of the sample data: mean_radius, ',
  ],
  ['data/open.csv', 'left', 'No sample request can be taken from data/open.csv'],
  ['data/', 'left', 'No sample request can be taken from data/'],
  ['s3://bucket/data/', 'left', 'No sample request can be taken from s3://bucket/data/'],
])('data in %s with the target %s: what is wrong is named', (inputDataUrl, targetColumn, message) => {
  write('data/mine.csv', 'a,left,b\n1.5,yes,7\n');
  write('data/open.csv', 'a,left,b\n"two\nlines",yes,7\n');
  expect(() => synth({ training: { inputDataUrl, targetColumn } })).toThrow(message);
});

test('data on S3 is a parameter of each group that names none, so that its jobs may read it', () => {
  const deploymentGroups = [{ name: 'main' }, { name: 'dev', parameters: { InputDataUrl: 's3://other/dev/' } }];
  synth({ training: { inputDataUrl: 's3://data/churn/' }, endpoint: { smokeTest: { body: '1,2' } }, deploymentGroups });
  const delivery = JSON.parse(read('config/delivery.json')) as { deploymentGroups: { parameters: object }[] };
  expect(delivery.deploymentGroups.map(group => group.parameters)).toEqual([{ InputDataUrl: 's3://data/churn/' }, {
    InputDataUrl: 's3://other/dev/',
  }]);
});

test('the parts work alone in a plain projen project', () => {
  const project = new Project({ name: 'plain', outdir: directory.path });
  const python = new PythonEnvironment(project, {
    dependencies: ['pandas>=2'], groups: { sdk: ['sagemaker==3.27.0'] },
  });
  new ModelCode(project, { problemType: 'regression' });
  new PipelineCode(project, { python, problemType: 'regression' });
  new Buildspec(project, { waitForPipeline: true, preBuildCommands: ['echo hello'] });
  project.synth();
  expect(files()).toEqual(expect.arrayContaining([
    'model/train.py', 'pipelines/pipeline.py', 'pipelines/local/cli.py', 'data/sample/diabetes.csv',
  ]));
  expect(read('buildspec.yml')).toContain('start --wait');
  expect(read('buildspec.yml')).toContain('echo hello');
});
