import { type Registries, startRegistries } from '../../testing/harness/registries';
import { Repository } from '../../testing/harness/repository';
import { removeTemporary } from '../../testing/harness/temporary';
import { newestRun } from '../../testing/repository/local-run';

describe('a new repository with flags', () => {
  let registries: Registries;
  let repo: Repository;

  beforeAll(async () => {
    registries = await startRegistries();
    repo = await Repository.create('progression', registries.env, [
      '--model-name', 'diabetes', '--framework', 'sklearn', '--problem-type', 'regression',
    ]);
  });

  afterAll(async () => {
    await registries?.stop();
    removeTemporary();
  });

  test('has them as options, in its parameters and in its data', () => {
    for (const option of [/modelName: "diabetes"/, /framework: "sklearn"/, /problemType: "regression"/]) {
      expect(repo.read('.projenrc.ts')).toMatch(option);
    }
    expect(repo.json('config/parameters.json')).toMatchObject({
      model: { name: 'diabetes', framework: 'sklearn', problemType: 'regression', modelPackageGroupName: 'diabetes' },
      data: { inputDataUrl: 'data/sample/diabetes.csv' },
      qualityGate: { metric: 'rmse', comparison: '<=' },
    });
    expect(repo.exists('data/sample/diabetes.csv')).toBe(true);
    expect(repo.exists('data/sample/breast_cancer.csv')).toBe(false);
    expect(repo.read('pyproject.toml')).toContain('scikit-learn');
    expect(repo.read('pyproject.toml')).not.toContain('xgboost-cpu');
  });

  test('passes its linters and tests', async () => {
    await repo.projen(['setup'], { seconds: 600 });
    await repo.projen(['lint']);
    await repo.projen(['test'], { seconds: 600 });
  });

  test('reports a type error in the options, though projen runs them without looking', async () => {
    repo.edit('.projenrc.ts', /name: "progression",\n/, '$&  training: { seed: "42" },\n');
    const { status, output } = await repo.projen(['test'], { mayFail: true });
    expect(status).not.toBe(0);
    expect(output).toMatch(/\.projenrc\.ts.*error TS2322.*string.*number/);
    await repo.git('checkout', '--quiet', '.projenrc.ts');
  });

  test('trains the model and registers it under its name', async () => {
    await repo.projen(['pipeline:local']);
    const run = newestRun(repo);
    expect(run.status).toBe('Succeeded');
    expect(run.registered).toMatchObject([{ modelPackageGroupName: 'diabetes', modelPackageVersion: 1 }]);
    expect(run.sampleAnswer?.error).toBeUndefined();
  });

  test('stops at its gate when the threshold is not met, and says which metric missed it', async () => {
    const { status, output } = await repo.projen(['pipeline:local', '--', '--set', 'QualityThreshold=0.5'], {
      mayFail: true,
    });
    expect(status).not.toBe(0);
    expect(output).toMatch(/rmse.*0\.5/);
    const run = newestRun(repo);
    expect(run.status).toBe('Failed');
    expect(run.registered ?? []).toEqual([]);
    expect(run.steps.find(step => step.name === 'Register')?.status).toBe('Skipped');
  });

  test('synthesizes its infrastructure', async () => {
    await repo.projen(['synth']);
    expect(repo.exists('cdk.out/manifest.json')).toBe(true);
  });
});
