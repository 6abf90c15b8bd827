import * as fs from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
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
    'pipeline:local', 'pipeline:registry', 'pipeline:report', 'pipeline:serve', 'pipeline:compile', 'test', 'lint',
    'pipeline:predict', 'pipeline:runs', 'pipeline:compare', 'monitor:baseline', 'monitor:run', 'monitor:simulate',
    'synth', 'diff',
    'deploy',
  ]) {
    const receiving = tasks[name].steps?.filter(step => step.receiveArgs) ?? [];
    expect(receiving.map(step => step.exec)).toEqual([expect.stringMatching(/ "\$@"$/)]);
  }
});

test('what is ignored is readable: the runner\'s files are not listed one by one', () => {
  synth();
  expect(read('.gitignore')).not.toMatch(/pipelines\/(local|monitor)/);
});

test('a refusal touches nothing', () => {
  expect(() => synth({ framework: 'xgbost' })).toThrow('Did you mean "xgboost"?');
  expect(() => synth({ endpoint: '{}' as never })).toThrow('option endpoint: ');
  expect(() => synth({ training: { inputDataUrl: 's3://data/x' } })).toThrow('option endpoint.smokeTest: ');
  expect(() => synth({ deployGroups: [] } as never)).toThrow('Did you mean deploymentGroups?');
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
    'option framework: "sklearn" is not valid; allowed: "xgboost", which this repository was created with',
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
  expect(delivery.endpoint.smokeTest.body).toBe('2,8');
});

test.each([
  ['a "quoted" cell', `"a, b",left,c\n${'"East, coastal",yes,7\n'.repeat(5)}1,no,2\n`, 'left', '"East, coastal",5'],
  ['cells of several lines', 'a,left,b\n"two\nlines",yes,7\n', 'left', 'example,7'],
  ['a quoted target', 'a,"the ""end""",c\n1,yes,7\n', 'the "end"', '1,7'],
])('the sample request of data with %s', (_, content, targetColumn, body) => {
  write('data/mine.csv', content);
  synth({ training: { inputDataUrl: 'data/mine.csv', targetColumn } });
  const delivery = JSON.parse(read('config/delivery.json')) as { endpoint: { smokeTest: { body: string } } };
  expect(delivery.endpoint.smokeTest.body).toBe(body);
});

const sampleBody = (): string =>
  (JSON.parse(read('config/delivery.json')) as { endpoint: { smokeTest: { body: string } } }).endpoint.smokeTest.body;

test.each<[string, string, string | Buffer, object, string]>([
  [
    'another separator', 'mine.csv', `a;left;b\n${'1,5;yes;"x;""y"""\n'.repeat(5)}`, { separator: ';' },
    '"1,5","x;""y"""',
  ],
  ['weights', 'mine.csv', 'w,a,left\n0.5,1,yes\n', { sampleWeightColumn: 'w' }, '1'],
  ['dropped columns', 'mine.csv', 'w,a,left\n0.5,1,yes\n', { dropColumns: ['w'] }, '0.5,1'],
  ['no line end at its end', 'mine.csv', 'a,left\n4,yes', {}, '4'],
  ['latin-1', 'mine.csv', Buffer.from(`größe,left\n${'ü,1\n'.repeat(5)}`, 'latin1'), {
    encoding: 'latin-1', idColumns: ['größe'],
  }, 'ü'],
  ['cp1252', 'mine.csv', Buffer.from(`a,left\n${'\x80,1\n'.repeat(5)}`, 'latin1'), { encoding: 'cp1252' }, '€'],
  ['utf-16', 'mine.csv', Buffer.from(`\uFEFFa,left\n${'ü,1\n'.repeat(5)}`, 'utf16le'), { encoding: 'utf-16' }, 'ü'],
  ['utf-16 of the other order', 'mine.csv', Buffer.from(`\uFEFFa,left\n${'ü,1\n'.repeat(5)}`, 'utf16le').swap16(), {
    encoding: 'utf-16',
  }, 'ü'],
  ['gzip', 'mine.csv.gz', gzipSync(`a,left\n1.5,1\n${'2.5,0\n'.repeat(9)}`), {}, '2'],
])('the sample request of data with %s', (_, file, content, training, body) => {
  fs.mkdirSync(path.join(directory.path, 'data'));
  fs.writeFileSync(path.join(directory.path, 'data', file), content);
  synth({ training: { inputDataUrl: `data/${file}`, targetColumn: 'left', ...training } });
  expect(sampleBody()).toBe(body);
});

test.each([
  [{ separator: ';' }, 'option training.separator: ";" is not valid; allowed: the character between the columns of '
    + 'the data. The header is one column, "a,left,b": set separator: ",".'],
  [{ idColumns: ['b', 'aa'] }, 'option training.idColumns: "aa" is not valid; allowed: a column of data/mine.csv: a, '
    + 'left, b. Did you mean "a"?'],
  [{ timeColumn: 'when' }, 'option training.timeColumn: "when" is not valid'],
])('data that is not as %j says: what is wrong is named', (training, message) => {
  write('data/mine.csv', 'a,left,b\n1.5,yes,7\n');
  const own = { inputDataUrl: 'data/mine.csv', targetColumn: 'left', ...training };
  expect(() => synth({ training: own })).toThrow(message);
});

test.each(['mine.parquet', 'mine.jsonl', 'mine.jsonl.gz', 'broken.csv.gz'])('%s gives no sample request', file => {
  write(`data/${file}`, 'PAR1,left\n1,2\n');
  expect(() => synth({ training: { inputDataUrl: `data/${file}`, targetColumn: 'left', idColumns: ['x'] } }))
    .toThrow(`data/${file} cannot be read here`);
});

test.each([
  ['the sample', {}, { metric: 'accuracy', comparison: '>=', threshold: 0.85 }, 'accuracy >= 0.85'],
  [
    'data of a group\'s own',
    { deploymentGroups: [{ name: 'main' }, { name: 'dev', parameters: { InputDataUrl: 's3://other/dev/' } }] },
    { metric: 'average_precision', comparison: '>' }, 'average_precision > baseline and approved version',
  ],
])('the gate of %s stands in configuration and README', (_, options, gate, text) => {
  synth(options);
  const { qualityGate } = JSON.parse(read('config/parameters.json')) as { qualityGate: object };
  expect(qualityGate).toEqual(gate);
  expect(read('README.md')).toContain(text);
});

test.each([
  ['data/mien.csv', 'left', 'option training.inputDataUrl: "data/mien.csv" is not valid; allowed: a file or directory '
    + 'of this repository, or an s3:// URL. The file does not exist'],
  ['data/mine.csv', 'lefft', 'option training.targetColumn: "lefft" is not valid; allowed: a column of data/mine.csv: '
    + 'a, left, b. Did you mean "left"?'],
  [
    undefined, 'left',
    'option training.targetColumn: "left" is not valid; allowed: a column of the sample data: mean_radius, ',
  ],
  ['data/open.csv', 'left', 'data/open.csv cannot be read here'],
  ['data/', 'left', 'data/ cannot be read here'],
  ['s3://bucket/data/', 'left', 's3://bucket/data/ cannot be read here'],
])('data in %s with the target %s: what is wrong is named', (inputDataUrl, targetColumn, message) => {
  write('data/mine.csv', 'a,left,b\n1.5,yes,7\n');
  write('data/open.csv', 'a,left,b\n"two\nlines,yes,7\n');
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
    'pipelines/monitor/model_monitor/statistics.py',
  ]));
  expect(read('buildspec.yml')).toContain('start --wait');
  expect(read('buildspec.yml')).toContain('echo hello');
});
