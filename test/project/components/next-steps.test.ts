import { SageMakerCicdProject } from '../../../src/project';
import { NextSteps } from '../../../src/project/components/next-steps';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();
const build = process.env.CI;

afterEach(() => {
  if (build === undefined) { delete process.env.CI; } else { process.env.CI = build; }
});

/** What a synth tells, each line once. */
function told(projenrcPython = false, ci?: string): string[] {
  if (ci === undefined) { delete process.env.CI; } else { process.env.CI = ci; }
  const project = new SageMakerCicdProject({ name: 'churn', outdir: directory.path, projenrcPython });
  const info = jest.spyOn(project.logger, 'info').mockImplementation(() => undefined);
  project.synth();
  // No synth of a test installs packages, so this stage is called by itself.
  project.components.find(component => component instanceof NextSteps)?.postSynthesize();
  return info.mock.calls.map(([line]) => String(line));
}

test.each([
  [false, '.projenrc.ts'], [true, '.projenrc.py'],
])('a new repository ends with five lines', (python, rcFile) => {
  const lines = told(python).slice(-5);
  expect(lines.map(line => line.split(/ {2,}/)[0])).toEqual([
    'npx projen setup', 'npx projen pipeline:local', 'npx projen pipeline:serve', `edit ${rcFile}, model/features.py`,
    'read README.md',
  ]);
  expect(lines[1]).toContain('data/sample/breast_cancer.csv');
  const { tasks } = JSON.parse(directory.read('.projen/tasks.json')) as { tasks: object };
  expect(Object.keys(tasks)).toEqual(expect.arrayContaining(['setup', 'pipeline:local', 'pipeline:serve']));
  expect(directory.exists('model/features.py')).toBe(true);
});

test('a repository in which the pipeline has run, and a build machine, get none', () => {
  expect(told(false, 'true').join('\n')).not.toContain('pipeline:local');
  directory.write('.local/runs/20261128T000000-0000/run.json', '{}');
  expect(told().join('\n')).not.toContain('pipeline:local');
});
