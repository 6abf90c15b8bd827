import { checkProject } from '../../src/options/check-project';
import { OptionError } from '../../src/options/engine/option-error';
import { FRAMEWORKS, PROBLEM_TYPES } from '../../src/options/knowledge/frameworks';
import { modelSettings } from '../../src/options/model-settings';

const message = (options: object): string => new OptionError(checkProject({ name: 'churn', ...options })).message;

test('a name is enough', () => {
  expect(checkProject({ name: 'churn' })).toEqual([]);
  expect(modelSettings({ name: 'churn' })).toMatchSnapshot();
});

test.each([
  [{ name: 'My Model' }, 'name', 'lower-case'],
  [{ name: '' }, 'name', 'lower-case'],
  [{ modelName: 'churn_model' }, 'modelName', 'letters, digits and hyphens'],
  [{ framework: 'xgbost' }, 'framework', 'Did you mean "xgboost"?'],
  [{ problemType: 'regresion' }, 'problemType', 'Did you mean "regression"?'],
  [{ training: '{}' }, 'training', 'cannot be given as a flag'],
  [{ training: { instanceCount: -1 } }, 'training.instanceCount', 'at least 1'],
  [{ training: { instanceType: 'm5.large' } }, 'training.instanceType', 'ml.m5.large'],
  [{ training: { inputDataUrl: '../secret.csv' } }, 'training.inputDataUrl', 'inside the repository'],
  [{ training: { instnceType: 'ml.m5.large' } }, 'training.instnceType', 'did you mean instanceType?'],
  [{ training: { validationFraction: 0.1, testFraction: 0.5 } }, 'training.testFraction', 'above 0 and below 0.5'],
  [
    { training: { useSpotInstances: true, maxRunSeconds: 600, maxWaitSeconds: 300 } }, 'training.maxWaitSeconds',
    'at least maxRunSeconds, which is 600',
  ],
  [{ training: { hyperparameters: { 'max-depth': 4 } } }, 'training.hyperparameters.max-depth', 'write max_depth'],
  [{ qualityGate: { threshold: 'high' } }, 'qualityGate.threshold', 'a number'],
  [{ qualityGate: { threshold: NaN } }, 'qualityGate.threshold', 'a number'],
  [{ qualityGate: { metric: 'rmse' } }, 'qualityGate.metric', 'for the problem type binary: accuracy'],
  [{ qualityGate: { metric: 'acuracy' } }, 'qualityGate.metric', 'Did you mean accuracy?'],
  [{ qualityGate: { metric: 'log_loss' } }, 'qualityGate.threshold', 'in the unit of log_loss'],
])('%j is refused at %s', (options, path, text) => {
  expect(message(options)).toContain(`option ${path}: `);
  expect(message(options)).toContain(text);
});

test('an error metric is better when lower, unless the options say otherwise', () => {
  const gate = (qualityGate: object): unknown =>
    modelSettings({ name: 'a', problemType: 'regression', qualityGate }).qualityGate;
  expect(gate({})).toEqual({ metric: 'rmse', comparison: '<=', threshold: 75 });
  expect(gate({ metric: 'r2', threshold: 0.4 })).toEqual({ metric: 'r2', comparison: '>=', threshold: 0.4 });
  expect(gate({ metric: 'rmse', comparison: '<', threshold: 10 })).toEqual({
    metric: 'rmse', comparison: '<', threshold: 10,
  });
});

test('hyperparameters of the user are merged over the defaults', () => {
  const { hyperparameters } =
    modelSettings({ name: 'a', training: { hyperparameters: { max_depth: 9, extra: 'x' } } }).training;
  expect(hyperparameters).toEqual({ ...FRAMEWORKS.xgboost.hyperparameters.binary, max_depth: 9, extra: 'x' });
});

test('every framework has hyperparameters for every problem type, and every default metric exists', () => {
  for (const framework of Object.values(FRAMEWORKS)) {
    expect(Object.keys(framework.hyperparameters).sort()).toEqual(Object.keys(PROBLEM_TYPES).sort());
  }
  for (const problem of Object.values(PROBLEM_TYPES)) {
    expect(Object.keys(problem.metrics)).toContain(problem.metric);
  }
});

test('a cache that never is used is switched off', () => {
  expect(modelSettings({ name: 'a', training: { cacheExpireAfter: 'never' } }).caching.enabled).toBe(false);
  expect(modelSettings({ name: 'a', training: { cacheExpireAfter: 'PT12H' } }).caching).toEqual({
    enabled: true, expireAfter: 'PT12H',
  });
});
