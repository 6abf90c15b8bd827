/** What people do to a repository on ordinary days leaves its tests, its pipeline and its requests working. */
import * as path from 'node:path';
import { CHANGES } from '../../testing/day/changes';
import { copyOfRepository } from '../../testing/harness/fixture';
import { ROOT } from '../../testing/harness/process';
import { type Registries, startRegistries } from '../../testing/harness/registries';
import type { Repository } from '../../testing/harness/repository';
import { removeTemporary } from '../../testing/harness/temporary';
import { newestRun, runDirectories } from '../../testing/repository/local-run';
import { selection } from '../../testing/selection';

let registries: Registries;
let repo: Repository;
let python: string;

beforeAll(async () => {
  registries = await startRegistries();
  repo = await copyOfRepository('typescript', registries);
  python = repo.path('.venv', 'bin', 'python');
  await repo.run(python, [path.join(ROOT, 'testing', 'day', 'churn.py'), 'data/churn.csv']);
  const training = '  training: { inputDataUrl: "data/churn.csv", targetColumn: "churned" },\n';
  repo.edit('.projenrc.ts', /name: "churn",\n/, `$&${training}`);
  await repo.projen();
  await repo.projen(['pipeline:local']);
  await repo.commit('our data');
});

afterAll(async () => {
  await registries?.stop();
  removeTemporary();
});

describe.each(selection('ordinary changes', CHANGES, 2))('somebody $name', ({ make, learns = [], ignores = [] }) => {
  afterAll(async () => {
    await repo.git('checkout', '--quiet', '.');
    await repo.git('clean', '--quiet', '-d', '--force');
  });

  test('and the tests, the linters, the pipeline and the sample request work', async () => {
    await make(repo, python);
    await repo.projen(['pipeline:local']);
    const run = newestRun(repo);
    expect(run.status).toBe('Succeeded');
    expect(run.registered).toHaveLength(1);
    expect(run.sampleAnswer?.error).toBeUndefined();
    expect(run.sampleAnswer?.response).toMatch(/^(yes|no),0\.\d+$/m);
    const evaluation = run.steps.find(({ name }) => name === 'Evaluate')!.outputs.find(({ name }) =>
      name === 'evaluation')!;
    const { feature_importance: importances } = repo.json<{ feature_importance: Array<{ feature: string }> }>(
      path.join('.local', evaluation.path, 'details.json'));
    const names = importances.map(({ feature }) => feature);
    expect(names).toEqual(expect.arrayContaining([...learns]));
    expect(names.filter(name => ignores.includes(name))).toEqual([]);
    expect(runDirectories(repo).length).toBeGreaterThan(1);

    const { output } = await repo.projen(['test'], { seconds: 600 });
    expect(output).toMatch(/\d+ passed/);
    expect(output).not.toMatch(/\d+ (failed|error)/);
    await repo.projen(['lint']);
  });
});
