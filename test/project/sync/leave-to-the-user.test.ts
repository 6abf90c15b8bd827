import * as fs from 'node:fs';
import { SageMakerCicdProject, type SageMakerCicdProjectOptions } from '../../../src/project';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();
const { at, read } = directory;

function synth(options: Partial<SageMakerCicdProjectOptions> = {}): SageMakerCicdProject {
  const project = new SageMakerCicdProject({ name: 'churn', outdir: directory.path, ...options });
  jest.spyOn(project.logger, 'log').mockImplementation(() => {});
  project.synth();
  return project;
}

const mode = (file: string): string => (fs.statSync(at(file)).mode % 0o1000).toString(8);
const listed = (): string[] => (JSON.parse(read('.projen/files.json')) as { files: string[] }).files;
const tasks = (): { [name: string]: { steps?: Array<{ exec?: string }> } } =>
  (JSON.parse(read('.projen/tasks.json')) as { tasks: { [name: string]: { steps?: Array<{ exec?: string }> } } }).tasks;

test('a file that was never generated keeps its mode', () => {
  fs.writeFileSync(at('buildspec.yml'), 'mine\n', { mode: 0o440 });
  synth({ userOwned: ['buildspec.yml'] });
  expect(mode('buildspec.yml')).toBe('440');
});

test('a generated file that is taken over can be edited, and is none that projen would remove one day', () => {
  synth();
  expect(mode('buildspec.yml')).toBe('444');
  expect(listed()).toContain('buildspec.yml');
  synth({ userOwned: ['buildspec.yml'] });
  expect(mode('buildspec.yml')).toBe('644');
  expect(listed()).not.toContain('buildspec.yml');
});

test('a file that is taken over in the same synth in which the project gives it up stays', () => {
  synth();
  fs.chmodSync(at('.projen/files.json'), 0o644);
  fs.writeFileSync(at('.projen/files.json'), JSON.stringify({ files: [...listed(), 'former.yml', 'former.json'] }));
  for (const file of ['former.yml', 'former.json']) { fs.writeFileSync(at(file), 'x\n'); }
  synth({ userOwned: ['former.yml'] });
  expect(directory.exists('former.yml')).toBe(true);
  expect(directory.exists('former.json')).toBe(false);
});

test('a package.json that is taken over is neither written nor removed', () => {
  synth();
  fs.writeFileSync(at('package.json'), '{ "name": "mine" }\n');
  synth({ userOwned: ['package.json'] });
  expect(read('package.json')).toBe('{ "name": "mine" }\n');
});

test.each([[false, '--app "node --import tsx infra/app.ts"'], [
  true, '--app "uv run --frozen --only-group infra python infra/app.py"',
]])(
  'a cdk.json of the user\'s does not decide which app is delivered (Python: %s)', (projenrcPython, app) => {
    synth({ userOwned: ['cdk.json'], projenrcPython });
    for (const task of ['synth', 'diff', 'deploy']) {
      expect(JSON.stringify(tasks()[task].steps)).toContain(JSON.stringify(app).slice(1, -1));
    }
    const delivery = JSON.parse(read('config/delivery.json')) as { infrastructure: { synthCommand: string } };
    expect(delivery.infrastructure.synthCommand).toBe(`npx cdk synth --quiet ${app} --output cdk.out`);
  });

test('a pyproject.toml of the user\'s is not locked behind their back', () => {
  const project = new SageMakerCicdProject({ name: 'churn', outdir: directory.path, userOwned: ['pyproject.toml'] });
  const run = jest.spyOn(project.tasks, 'runTask').mockImplementation(() => {});
  project.python.postSynthesize();
  expect(run).not.toHaveBeenCalled();
});
