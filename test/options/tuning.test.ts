import * as fs from 'node:fs';
import * as path from 'node:path';
import { checkProject } from '../../src/options/check-project';
import { FRAMEWORKS, PROBLEM_TYPES } from '../../src/options/knowledge/frameworks';
import { modelSettings } from '../../src/options/model-settings';
import type { TuningOptions } from '../../src/options/tuning';

const DEPTH = { name: 'max_depth', minimum: 2, maximum: 8 };
const found = (tuning: object, more: object = {}): string[] =>
  checkProject({ name: 'churn', ...more, training: { tuning } }).map(p => `${p.path} ${p.value}: ${p.allowed}`);
const ofRange = (range: object, more: object = {}, tuning: object = {}): string[] =>
  found({ ranges: [range], ...tuning }, more).map(text => text.replace('training.tuning.ranges[0].', ''));
const sklearn = { framework: 'sklearn' };

describe('a range', () => {
  test.each<[object, object, string]>([
    [{ name: 'max_dept', minimum: 2, maximum: 8 }, {}, 'name "max_dept": a hyperparameter that model/train.py accepts'],
    [{ name: 'framework', values: ['a'] }, {}, 'name "framework": a hyperparameter of the training script'],
    [{ name: 'sagemaker_program', values: ['a'] }, {}, 'name "sagemaker_program": a hyperparameter of the training'],
    [{ name: 'max-depth', minimum: 2, maximum: 8 }, {}, 'name "max-depth": letters, digits and underscores'],
    [{ name: 'max_depth' }, {}, 'minimum nothing: a number'],
    [{ name: 'max_depth', minimum: 2 }, {}, 'maximum nothing: a number'],
    [{ ...DEPTH, minimum: 2.5 }, {}, 'minimum 2.5: a whole number, at least 0'],
    [{ ...DEPTH, maximum: 2147483648 }, {}, 'maximum 2147483648: a whole number, at least 0 and at most 2147483647'],
    [{ ...DEPTH, integer: false }, {}, 'integer false: true, because max_depth is a whole number in XGBoost'],
    [{ ...DEPTH, maximum: 2 }, {}, 'maximum 2: above minimum, which is 2'],
    [{ ...DEPTH, values: [1] }, {}, 'minimum 2: no value beside values'],
    [{ name: 'subsample', minimum: 0, maximum: 1 }, {}, 'minimum 0: a number, at most 1 and above 0'],
    [{ name: 'learning_rate', minimum: 0, maximum: 1 }, sklearn, 'minimum 0: a number, above 0'],
    [{ name: 'min_child_weight', minimum: 0.5, maximum: 3, integer: true }, {}, 'minimum 0.5: a whole number, because'],
    [{ name: 'eta', minimum: 0, maximum: 1, scale: 'Logarithmic' }, {}, 'scale "Logarithmic": Auto or Linear, because'],
    [{ name: 'eta', minimum: 0.1, maximum: 1, scale: 'ReverseLogarithmic' }, {}, 'scale "ReverseLogarithmic": Auto,'],
    [{ ...DEPTH, scale: 'logarithmic' }, {}, 'scale "logarithmic": "Auto", "Linear", "Logarithmic"'],
    [{ name: 'max_depth', values: [2, 3.5] }, {}, 'values[1] 3.5: a whole number, at least 0'],
    [{ name: 'max_depth', values: [2, '2'] }, {}, 'values[1] "2": a value that is not in the list yet'],
    [{ name: 'max_depth', values: [] }, {}, 'training.tuning.ranges[0].values'],
  ])('is not %j', (range, more, message) => {
    const problems = ofRange(range, more);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message.replace('training.tuning.ranges[0].', ''));
  });

  test.each<[object, object]>([
    [DEPTH, {}],
    [{ ...DEPTH, integer: true, scale: 'Logarithmic' }, {}],
    [{ name: 'min_child_weight', minimum: 1, maximum: 10, integer: true }, {}],
    [{ name: 'colsample_bytree', minimum: 0.5, maximum: 0.99, scale: 'ReverseLogarithmic' }, {}],
    [{ name: 'learning_rate', values: [0.01, '0.1'] }, sklearn],
    // Of a hyperparameter of the user's own script only the user knows what it takes.
    [{ name: 'own', minimum: -0.5, maximum: 1.5 }, {}],
    [{ name: 'own', values: ['fast', 'slow'] }, {}],
  ])('may be %j', (range, more) => expect(ofRange(range, more)).toEqual([]));

  test('is one for each hyperparameter', () => {
    expect(found({ ranges: [DEPTH, DEPTH] })).toEqual([
      'training.tuning.ranges[1].name "max_depth": a hyperparameter that has no other range',
    ]);
  });

  test('leaves the hyperparameter no value in a group', () => {
    const deploymentGroups = [{ name: 'main', parameters: { max_depth: 3 } }];
    expect(found({ ranges: [DEPTH] }, { deploymentGroups })).toEqual([
      'deploymentGroups[0].parameters.max_depth 3: a parameter that is not tuned',
    ]);
  });
});

describe('a tuning', () => {
  const grid = (...sizes: number[]) => sizes.map((size, i) => ({
    name: `own_${i}`, values: Array.from({ length: size }, (_, value) => value),
  }));

  test.each<[object, object, string]>([
    [{ ranges: [] }, {}, 'ranges'],
    [{ objective: 'validation:acu' }, {}, 'objective "validation:acu": with XGBoost and binary: validation:logloss'],
    [
      { objective: 'validation:auc' }, sklearn, 'objective "validation:auc": with scikit-learn and binary: validation:l',
    ],
    [{ objective: 'train:auc' }, {}, 'objective "train:auc": a metric of the validation set'],
    [{ maxTrials: 751 }, {}, 'maxTrials 751: at most 750 with the strategy Bayesian'],
    [{ maxTrials: 10001, strategy: 'Random' }, {}, 'maxTrials 10001: a whole number, at least 1 and at most 10000'],
    [{ maxTrials: 4, maxParallelTrials: 5 }, {}, 'maxParallelTrials 5: at most maxTrials, which is 4'],
    [{ maxParallelTrials: 101 }, {}, 'maxParallelTrials 101: a whole number, at least 1 and at most 100'],
    [{ strategy: 'Grid' }, {}, 'ranges[0].values nothing: a list of values, because Grid'],
    [{ strategy: 'Grid', ranges: grid(2, 3), maxTrials: 5 }, {}, 'maxTrials 5: 6, the number of combinations'],
    [{ strategy: 'Grid', ranges: grid(30, 30) }, {}, 'ranges "900 combinations": at most 750 combinations'],
    [{ strategy: 'Hyperband' }, {}, 'maxResource nothing: a whole number, because Hyperband'],
    [{ strategy: 'Hyperband', maxResource: 5, minResource: 5 }, {}, 'minResource 5: below maxResource, which is 5'],
    [{ strategy: 'Hyperband', maxResource: 5, earlyStopping: 'Auto' }, {}, 'earlyStopping "Auto": Off'],
    [{ strategy: 'Hyperband', maxResource: 5, ranges: [{ name: 'own', minimum: 1, maximum: 2 }] }, sklearn,
      'strategy "Hyperband": Bayesian, Random or Grid'],
    [{ earlyStopping: 'Auto' }, sklearn, 'earlyStopping "Auto": Off'],
    [{ maxResource: 5 }, {}, 'maxResource 5: no value without the strategy Hyperband'],
    [{ seed: 0 }, {}, 'seed 0: a whole number, at least 1'],
  ])('is not %j %j', (tuning, more, message) => {
    const problems = found({ ranges: [DEPTH], ...tuning }, more);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`training.tuning.${message}`);
  });

  test.each<[object]>([
    [{ strategy: 'Random', maxTrials: 10000, maxParallelTrials: 100 }],
    [{ strategy: 'Grid', ranges: grid(2, 3), maxTrials: 6 }],
    [{ strategy: 'Grid', ranges: grid(25, 30) }],
    [{ strategy: 'Hyperband', maxResource: 20, minResource: 2 }],
    [{ earlyStopping: 'Auto', objective: 'validation:auc' }],
  ])('may be %j', tuning => expect(found({ ranges: [DEPTH], ...tuning })).toEqual([]));

  test('has defaults that fit the framework, the problem type and the strategy', () => {
    const of = (tuning: TuningOptions, more: object = {}) =>
      modelSettings({ name: 'a', ...more, training: { tuning } }).tuning;
    expect(of({ ranges: [DEPTH] })).toEqual({
      ranges: [DEPTH], objective: 'validation:logloss', strategy: 'Bayesian', maxTrials: 20, maxParallelTrials: 2,
      earlyStopping: 'Off', seed: 42,
    });
    expect(of({ ranges: [DEPTH], maxTrials: 1 }, { ...sklearn, problemType: 'regression' })).toMatchObject({
      objective: 'validation:rmse', maxTrials: 1, maxParallelTrials: 1,
    });
    expect(of({ ranges: grid(2, 3), strategy: 'Grid' })).toMatchObject({ maxTrials: 6 });
    expect(modelSettings({ name: 'a' })).not.toHaveProperty('tuning');
  });

  test('keeps the fixed value of a hyperparameter that it searches, for the day when it is removed', () => {
    const { training } = modelSettings({ name: 'a', training: { tuning: { ranges: [DEPTH] } } });
    expect(training.hyperparameters.max_depth).toBe(4);
  });
});

test.each(Object.keys(FRAMEWORKS))('%s has a direction for each of its metrics', framework => {
  const { trainingMetrics, higherIsBetter } = FRAMEWORKS[framework];
  const logged = Object.keys(PROBLEM_TYPES).flatMap(problem => trainingMetrics[problem]);
  expect(logged).toEqual(expect.arrayContaining([...higherIsBetter]));
  // What the gate measures under the same name has the same direction.
  for (const [name, { better }] of Object.values(PROBLEM_TYPES).flatMap(({ metrics }) => Object.entries(metrics))) {
    if (logged.includes(name)) { expect([name, higherIsBetter.includes(name)]).toEqual([name, better === 'higher']); }
  }
});

test('the compile has the same limits as the options', () => {
  const file = path.resolve(__dirname, '..', '..', 'templates', 'python', 'pipelines', 'tuning_settings.py');
  const text = fs.readFileSync(file, 'utf8');
  expect(text).toContain('= 30, 30, 750, 10_000, 100\n');
  expect(text).toContain('STRATEGIES = ("Bayesian", "Random", "Grid", "Hyperband")');
  expect(text).toContain('SCALES = ("Auto", "Linear", "Logarithmic", "ReverseLogarithmic")');
});
