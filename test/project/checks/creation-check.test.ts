import * as fs from 'node:fs';
import { directoryProblems, flagProblems } from '../../../src/project/checks/creation-check';
import { projectDirectory } from '../../../testing/project-directory';

const known = ['name', 'modelName', 'framework', 'training', 's3AccessLogsBucketArn'];
const directory = projectDirectory();

const newCommand = (...flags: string[]): string[] =>
  ['node', 'projen', 'new', '--from', 'sagemaker-cicd-projen', ...flags];

test('what projen itself installs into the directory is no obstacle', () => {
  fs.mkdirSync(directory.at('.git'));
  fs.mkdirSync(directory.at('node_modules'));
  directory.write('package.json', JSON.stringify({ devDependencies: { 'projen': '*', 'sagemaker-cicd-projen': '*' } }));
  expect(directoryProblems(directory.path)).toEqual([]);
});

test('a directory with files is refused, with what to do instead', () => {
  directory.write('train.py', '');
  const [problem] = directoryProblems(directory.path);
  expect(problem.value).toBe('a directory that contains train.py');
  expect(problem.fix).toContain('npx sagemaker-cicd-projen adopt');
  expect(problem.fix).toContain('in an empty directory');
});

test('a directory that cannot be read as one is refused as well', () => {
  directory.write('package.json', '{');
  expect(directoryProblems(directory.path)[0].value).toBe('a directory that contains a package.json that is not '
    + 'valid JSON');
  expect(directoryProblems(directory.at('package.json'))[0].value).toBe('a directory that contains a file of this '
    + 'name');
  expect(directoryProblems(directory.at('none'))).toEqual([]);
  directory.write('package.json', 'null');
  expect(directoryProblems(directory.path)).toEqual([]);
});

test('a package.json of another project is refused', () => {
  directory.write('package.json', JSON.stringify({ dependencies: { react: '*' } }));
  expect(directoryProblems(directory.path)[0].value).toContain('react');
});

test.each([
  ['--model-name', 'churn'], ['--modelName=churn'], ['--no-git'], ['--no-synth', '--debug'],
  ['--training.instance-type', 'ml.m5.large'], ['--s3-access-logs-bucket-arn=x'],
])('%s is a flag of ours or of projen', (...flags) => {
  expect(flagProblems(newCommand(...flags), known, known)).toEqual([]);
});

test.each([
  ['--model-nam', 'Did you mean --model-name?'],
  ['--no-frmework', 'Did you mean --framework?'],
  ['--region=eu-west-1', 'Unknown flag'],
])('%s is reported', (flag, text) => {
  const problems = flagProblems(newCommand(flag, 'x'), known, known);
  expect(problems).toHaveLength(1);
  expect(problems[0].fix).toContain(text);
});
