import * as fs from 'node:fs';
import * as path from 'node:path';
import { SageMakerCicdProject, type SageMakerCicdProjectOptions } from '../../src/project';
import { projectDirectory } from '../../testing/project-directory';

// An example names the package as its users do; here that is the source.
jest.mock('sagemaker-cicd-projen', () => jest.requireActual<object>('../../src/options'), { virtual: true });

const EXAMPLES = path.resolve(__dirname, '..', '..', 'examples');
const names = fs.readdirSync(EXAMPLES).filter(file => file.endsWith('.ts')).map(file => file.replace(/\.ts$/, ''));

/** The files that the options decide; the rest is the same for every user. */
const OPTION_DRIVEN = ['config/parameters.json', 'config/delivery.json'];

const directory = projectDirectory();
const { read } = directory;

test('there are examples to start from', () => {
  expect(names).toEqual(expect.arrayContaining(['minimal', 'regression-sklearn', 'spot-training']));
});

test.each(names)('the example %s makes a repository with these settings', name => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { options } = require(path.join(EXAMPLES, name)) as { options: SageMakerCicdProjectOptions };
  new SageMakerCicdProject({ ...options, outdir: directory.path }).synth();
  for (const file of OPTION_DRIVEN) { expect(JSON.parse(read(file))).toMatchSnapshot(file); }
  expect(directory.exists(options.projenrcPython ? 'infra/app.py' : 'infra/app.ts')).toBe(true);
  expect(/^\[project\][^[]*/m.exec(read('pyproject.toml'))?.[0]).toMatchSnapshot('pyproject.toml [project]');
});
