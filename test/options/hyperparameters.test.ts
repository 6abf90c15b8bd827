import { checkProject } from '../../src/options/check-project';

const found = (framework: string, hyperparameters: object): string[] =>
  checkProject({ name: 'churn', framework, training: { hyperparameters } })
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

test('a group\'s value is held to the same limits', () => {
  const problems = checkProject({
    name: 'churn', deploymentGroups: [{ name: 'main', parameters: { eta: -1, max_depth: '4' } }],
  });
  expect(problems.map(p => [p.path, p.allowed, p.fix])).toEqual([
    ['deploymentGroups[0].parameters.eta', 'a number, at least 0', 'Give a value that XGBoost accepts.'],
  ]);
});
