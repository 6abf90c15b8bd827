import { checkProject } from '../../src/options/check-project';

const found = (framework: string, hyperparameters: object, problemType = 'binary'): string[] =>
  checkProject({ name: 'churn', framework, problemType, training: { hyperparameters } })
    .map(p => `${p.path} ${p.value}: ${p.allowed}`);

test.each<[string, object, string]>([
  ['xgboost', { max_depth: -1 }, 'max_depth -1: a whole number, at least 0 and at most 2147483647'],
  ['xgboost', { max_depth: 6.5 }, 'max_depth 6.5: a whole number, at least 0 and at most 2147483647'],
  ['xgboost', { max_depth: 'six' }, 'max_depth "six": a whole number, at least 0 and at most 2147483647'],
  ['xgboost', { max_depth: '6.0' }, 'max_depth "6.0": a whole number, at least 0 and at most 2147483647'],
  ['xgboost', { subsample: 0 }, 'subsample 0: a number, at most 1 and above 0'],
  ['xgboost', { eta: '-1e-3' }, 'eta "-1e-3": a number, at least 0'],
  ['xgboost', { eta: '0x10' }, 'eta "0x10": a number, at least 0'],
  ['sklearn', { max_leaf_nodes: 1 }, 'max_leaf_nodes 1: a whole number, at least 2'],
  ['sklearn', { learning_rate: 0 }, 'learning_rate 0: a number, above 0'],
  ['xgboost', { grow_policy: 'deep' }, 'grow_policy "deep": "depthwise", "lossguide"'],
  ['xgboost', { eval_metric: 'rmse' }, 'eval_metric "rmse": "logloss", "auc", "aucpr", "error"'],
  [
    'xgboost', { monotone_constraints: '{"age": 2}' },
    'monotone_constraints "{\\"age\\": 2}": a JSON object of -1, 0 or 1 by column such as {"age": 1, "price": -1}',
  ],
  [
    'sklearn', { class_weight: '{"yes": -1}' },
    'class_weight "{\\"yes\\": -1}": balanced, or a JSON object of weights by label such as {"yes": 5}, each '
    + 'at least 0',
  ],
  ['sklearn', { max_bins: 256 }, 'max_bins 256: a whole number, at least 2 and at most 255'],
])('%s takes no %j', (framework, hyperparameters, message) => {
  expect(found(framework, hyperparameters)).toEqual([`training.hyperparameters.${message}`]);
});

test.each<[string, object]>([
  ['xgboost', { max_depth: 0, eta: 1, subsample: 1, num_round: '50', gamma: ' 1e-3 ', seed: -1 }],
  ['sklearn', { max_depth: 0, max_features: 0.5, l2_regularization: 0 }],
  // Those of the user's own script are the user's own.
  ['sklearn', { subsample: 7, own: 'anything' }],
])('%s takes %j', (framework, hyperparameters) => {
  expect(found(framework, hyperparameters)).toEqual([]);
});

test.each<[string, string, object, string]>([
  ['xgboost', 'binary', { booster: 'dart' }, 'Remove booster: rounds are cut to the best one'],
  ['xgboost', 'binary', { learning_rate: 0.1 }, 'Remove learning_rate: write eta.'],
  [
    'xgboost', 'binary', { objective: 'reg:gamma' },
    'Remove objective: it is not for a binary problem, but for regression.',
  ],
  ['xgboost', 'multiclass', { scale_pos_weight: 2 }, 'Remove scale_pos_weight: it is not for a multiclass problem'],
  [
    'sklearn', 'regression', { class_weight: 'balanced' },
    'not for a regression problem, but for binary and multiclass.',
  ],
  ['xgboost', 'regression', { objective: 'reg:gama' }, 'Did you mean "reg:gamma"?'],
])('%s of a %s problem says why it takes no %j', (framework, problemType, hyperparameters, fix) => {
  const problems = checkProject({ name: 'churn', framework, problemType, training: { hyperparameters } });
  expect(problems.map(p => p.fix)).toEqual([expect.stringContaining(fix)]);
});

test.each<[string, string, object]>([
  ['xgboost', 'binary', { class_weight: 'balanced', monotone_constraints: '{"age": 1, "price": -1}' }],
  ['xgboost', 'multiclass', { class_weight: '{"a": 2.5}', interaction_constraints: '[["a", "b"], ["c"]]' }],
  ['xgboost', 'regression', { objective: 'reg:quantileerror', quantile_alpha: '0.9', max_bin: 64 }],
  ['sklearn', 'regression', { loss: 'quantile', quantile: 0.9, interaction_cst: 'pairwise' }],
])('%s of a %s problem takes %j', (framework, problemType, hyperparameters) => {
  expect(found(framework, hyperparameters, problemType)).toEqual([]);
});

test('a group may set a hyperparameter that the others leave to the framework', () => {
  const group = (parameters: { [name: string]: string | number }) => checkProject({
    name: 'churn', deploymentGroups: [{ name: 'main', parameters }],
  }).map(p => `${p.path}: ${p.allowed}; ${p.fix}`);
  expect(group({ gamma: 2, class_weight: '{"yes": 3}' })).toEqual([]);
  expect(group({ gamma: -2 })).toEqual([
    'deploymentGroups[0].parameters.gamma: a number, at least 0; Give a value that XGBoost accepts.',
  ]);
  expect(group({ booster: 'dart' })).toEqual([expect.stringContaining('Remove booster: rounds are cut')]);
  expect(group({ max_binn: 3 })).toEqual([expect.stringContaining('Did you mean "max_bin"?')]);
});

test('a group\'s value is held to the same limits', () => {
  const problems = checkProject({
    name: 'churn', deploymentGroups: [{ name: 'main', parameters: { eta: -1, max_depth: '4' } }],
  });
  expect(problems.map(p => [p.path, p.allowed, p.fix])).toEqual([
    ['deploymentGroups[0].parameters.eta', 'a number, at least 0', 'Give a value that XGBoost accepts.'],
  ]);
});
