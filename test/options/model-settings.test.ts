import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { checkProject } from '../../src/options/check-project';
import { OptionError } from '../../src/options/engine/option-error';
import { FRAMEWORKS, frameworksIn, PROBLEM_TYPES } from '../../src/options/knowledge/frameworks';
import { modelSettings } from '../../src/options/model-settings';
import { hasOwnData } from '../../src/options/own-data';

const message = (options: object): string => new OptionError(checkProject({ name: 'churn', ...options })).message;

test('a name is enough', () => {
  expect(checkProject({ name: 'churn' })).toEqual([]);
  expect(modelSettings({ name: 'churn' })).toMatchSnapshot();
});

test.each([
  [{ name: 'My Model' }, 'name', 'lower-case'],
  [{ name: '' }, 'name', 'lower-case'],
  [{ modelName: 'churn_model' }, 'modelName', 'letters, digits and single hyphens'],
  [{ framework: 'xgbost' }, 'framework', 'Did you mean "xgboost"?'],
  [{ problemType: 'regresion' }, 'problemType', 'Did you mean "regression"?'],
  [{ training: '{}' }, 'training', 'cannot be a command-line flag'],
  [{ training: { instanceCount: -1 } }, 'training.instanceCount', 'at least 1'],
  [{ training: { instanceType: 'm5.large' } }, 'training.instanceType', 'ml.m5.large'],
  [{ training: { inputDataUrl: '../secret.csv' } }, 'training.inputDataUrl', 'inside the repository'],
  [{ training: { instnceType: 'ml.m5.large' } }, 'training.instnceType', 'Did you mean instanceType?'],
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
  [{ qualityGate: { metric: 'log_loss', comparison: '>' } }, 'qualityGate.comparison', 'has a lower log_loss'],
  [{ training: { dropColumns: ['a', 'target'] } }, 'training.dropColumns[1]', 'It is already the targetColumn'],
  [
    { training: { targetColumn: 'y', idColumns: ['id'], groupColumn: 'id' } }, 'training.groupColumn',
    'It is already one of idColumns',
  ],
  [{ training: { timeColumn: 't', dateColumns: ['t'] } }, 'training.timeColumn', 'It is already one of dateColumns'],
  [{ training: { idColumns: [' '] } }, 'training.idColumns[0]', 'the name of a column'],
  [{ training: { idColumns: ['a', 'a'] } }, 'training.idColumns', 'no duplicates'],
  [{ training: { missingTokens: [' '] } }, 'training.missingTokens[0]', 'Empty cells always count as missing'],
  [{ training: { separator: 'tab' } }, 'training.separator', 'one character such as ";" or a tab'],
  [{ training: { encoding: 'latin1' } }, 'training.encoding', 'Did you mean "latin-1"?'],
  [{ customMetrics: [{ name: 'netProfit', better: 'higher' }] }, 'customMetrics[0].name', 'a name in snake_case'],
  [{ customMetrics: [{ name: 'profit', better: 'more' }] }, 'customMetrics[0].better', '"higher", "lower"'],
  [{ customMetrics: [{ name: 'auc', better: 'higher' }] }, 'customMetrics[0].name', 'Every evaluation has auc'],
  [
    { customMetrics: [{ name: 'profit', better: 'higher' }], qualityGate: { metric: 'profits' } },
    'qualityGate.metric', 'Did you mean profit?',
  ],
  [{ qualityGate: { metric: 'profit' } }, 'qualityGate.metric', 'declare your own in customMetrics'],
  [
    {
      training: { inputDataUrl: 's3://data/x' },
      deploymentGroups: [{ name: 'main', parameters: { QualityThreshold: 0.9 } }],
    },
    'deploymentGroups[0].parameters.QualityThreshold', 'set the usual value in qualityGate.threshold',
  ],
])('%j is refused at %s', (options, place, text) => {
  expect(message(options)).toContain(`option ${place}: `);
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

test.each([
  ['binary', 'average_precision', '>'], ['multiclass', 'balanced_accuracy', '>'], ['regression', 'rmse', '<'],
])('data of one\'s own has no threshold by itself, and a metric that suits %s', (problemType, metric, comparison) => {
  const gate = (more: object): unknown => modelSettings({ name: 'a', problemType, ...more }).qualityGate;
  const training = { inputDataUrl: 'data/mine.csv' };
  expect(gate({ training })).toStrictEqual({ metric, comparison });
  expect(gate({ ownData: true })).toStrictEqual({ metric, comparison });
  expect(gate({ training, qualityGate: { threshold: 0.5 } })).toStrictEqual({
    metric, comparison: `${comparison}=`, threshold: 0.5,
  });
  expect(gate({ training, qualityGate: { comparison: `${comparison}=` } })).toStrictEqual({
    metric, comparison: `${comparison}=`,
  });
});

test('another metric than the sample\'s has no threshold by itself', () => {
  const gate = (qualityGate: object): unknown => modelSettings({ name: 'a', qualityGate }).qualityGate;
  expect(gate({ metric: 'auc' })).toStrictEqual({ metric: 'auc', comparison: '>' });
  expect(gate({ metric: 'accuracy' })).toStrictEqual({ metric: 'accuracy', comparison: '>=', threshold: 0.85 });
});

test('an own metric is a section of its own, and a gate like any other', () => {
  const customMetrics = [{ name: 'profit', better: 'higher', minimum: 0 }, { name: 'cost', better: 'lower' }];
  const settings = (metric: string) => modelSettings({ name: 'a', customMetrics, qualityGate: { metric } });
  expect(settings('profit').customMetrics).toStrictEqual({
    profit: { better: 'higher', minimum: 0 }, cost: { better: 'lower' },
  });
  expect(settings('profit').qualityGate).toStrictEqual({ metric: 'profit', comparison: '>' });
  expect(settings('cost').qualityGate).toStrictEqual({ metric: 'cost', comparison: '<' });
  expect(modelSettings({ name: 'a' })).not.toHaveProperty('customMetrics');
});

test.each([
  [{}, false], [{ training: { seed: 1 } }, false], [{ training: { inputDataUrl: 'data/mine.csv' } }, true],
  [{ deploymentGroups: [{ name: 'a' }, { name: 'b', parameters: { max_depth: 1 } }] }, false],
  [{ deploymentGroups: [{ name: 'a' }, { name: 'b', parameters: { InputDataUrl: 's3://b-1/c' } }] }, true],
])('whether %j is about other data than the sample', (options, own) => {
  expect(hasOwnData(options)).toBe(own);
});

test('what is set about the data is written, and nothing else', () => {
  const data = (training: object): object => modelSettings({ name: 'a', training }).data;
  expect(Object.keys(data({}))).toEqual([
    'inputDataUrl', 'targetColumn', 'validationFraction', 'testFraction', 'seed',
  ]);
  const form = {
    dropColumns: ['a'], idColumns: ['b'], dateColumns: [], missingTokens: ['?'], separator: ';', encoding: 'cp1252',
    sampleWeightColumn: 'c', groupColumn: 'd', timeColumn: 'e',
  };
  expect(data(form)).toEqual({ ...data({}), ...form });
});

test('hyperparameters of the user are merged over the defaults', () => {
  const { hyperparameters } =
    modelSettings({ name: 'a', training: { hyperparameters: { max_depth: 9, extra: 'x' } } }).training;
  expect(hyperparameters).toEqual({ ...FRAMEWORKS.xgboost.defaults.binary, max_depth: 9, extra: 'x' });
});

test('every framework has hyperparameters for every problem type, and every default metric exists', () => {
  for (const framework of Object.values(FRAMEWORKS)) {
    expect(Object.keys(framework.defaults).sort()).toEqual(Object.keys(PROBLEM_TYPES).sort());
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

test('a manifest is all that the settings of a further framework need', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'frameworks-'));
  const manifest = { ...FRAMEWORKS.sklearn, containerVersion: '0.1', defaults: { binary: { rounds: 3 } } };
  fs.writeFileSync(path.join(directory, 'middle.json'), JSON.stringify(manifest));
  Object.assign(FRAMEWORKS, frameworksIn(directory));
  try {
    const { model, training } = modelSettings({ name: 'churn', framework: 'middle' });
    expect([model.framework, model.frameworkVersion]).toEqual(['middle', '0.1']);
    expect(training.hyperparameters).toEqual({ rounds: 3 });
  } finally {
    Reflect.deleteProperty(FRAMEWORKS, 'middle');
    fs.rmSync(directory, { recursive: true });
  }
});
