import type { Repository } from '../harness/repository';

/** A features.py as somebody writes it who has a model to ship. */
function features(fit: string, ...transform: string[]): string {
  const lines = (...all: string[]): string => all.map(line => `    ${line}\n`).join('');
  const functions = `def fit(train, target):\n${lines(fit)}\n\ndef transform(frame, state):\n${lines(...transform)}`;
  const imports = [['np', 'numpy'], ['pd', 'pandas']].filter(([short]) => functions.includes(`${short}.`))
    .map(([short, module]) => `import ${module} as ${short}\n`).join('');
  return imports ? `${imports}\n\n${functions}` : functions;
}

/** Something that people do to a repository on an ordinary day, and what they see when it works. */
export interface Change {
  readonly name: string;
  /** Makes the change; what has to be run for it as well. */
  readonly make: (repository: Repository, python: string) => Promise<void> | void;
  /** Columns that the trained model has then. */
  readonly learns?: readonly string[];
  /** Columns that it has no longer. */
  readonly ignores?: readonly string[];
}

function writes(content: string): Change['make'] {
  return repository => repository.write('model/features.py', content);
}

/** Sets hyperparameters beside those that are there. */
function trains(values: object): Change['make'] {
  return repository => {
    const parameters = repository.json<{ training: { hyperparameters: object } }>('config/parameters.json');
    parameters.training.hyperparameters = { ...parameters.training.hyperparameters, ...values };
    repository.write('config/parameters.json', `${JSON.stringify(parameters, null, 2)}\n`);
  };
}

/** Sets keys of `config/parameters.json`. */
function sets(section: string, values: object): Change['make'] {
  return repository => {
    const parameters = repository.json<Record<string, object>>('config/parameters.json');
    parameters[section] = { ...parameters[section], ...values };
    repository.write('config/parameters.json', `${JSON.stringify(parameters, null, 2)}\n`);
  };
}

/** Ten changes to a repository that predicts `churned` from `data/churn.csv`. */
export const CHANGES: readonly Change[] = [
  {
    name: 'adds features',
    make: writes(features(
      'return {"mean": float(train["age"].mean())}',
      'made = frame.copy()', 'made["per_visit"] = frame["spent"] / (1 + frame["visits"])',
      'made["older"] = frame["age"].fillna(state["mean"]) > 60', 'return made',
    )),
    learns: ['per_visit', 'older', 'city'],
  },
  {
    name: 'drops columns',
    make: writes(features('return None', 'return frame.drop(columns=["city", "age"])')),
    learns: ['plan'],
    ignores: ['city', 'age'],
  },
  {
    name: 'expands a date',
    make: writes(features(
      'return train["since"].max()',
      'made = frame.drop(columns="since")', 'made["tenure"] = (state - frame["since"]).dt.days',
      'made["month"] = frame["since"].dt.month_name()', 'made["weekend"] = frame["since"].dt.dayofweek >= 5',
      'return made',
    )),
    learns: ['tenure', 'month', 'weekend'],
    ignores: ['since'],
  },
  {
    name: 'bins a number',
    make: writes(features(
      'return list(train["spent"].quantile([0.25, 0.5, 0.75]))',
      'bins = [-np.inf, *state, np.inf]',
      'return frame.assign(band=pd.cut(frame["spent"], bins, labels=["low", "mid", "high", "top"]))',
    )),
    learns: ['band', 'spent'],
  },
  {
    name: 'target-encodes a column',
    make: writes(features(
      'return {"rate": target.groupby(train["city"]).mean(), "all": target.mean()}',
      'made = frame.drop(columns="city")', 'made["rate"] = frame["city"].map(state["rate"]).fillna(state["all"])',
      'return made',
    )),
    learns: ['rate'],
    ignores: ['city'],
  },
  {
    name: 'splits by time',
    make: sets('data', { timeColumn: 'since' }),
    learns: ['since'],
  },
  {
    name: 'takes other data',
    make: async (repository, python) => {
      await repository.run(python, ['-c', 'import numpy as np, pandas as pd; r = np.random.default_rng(1); n = 400; '
        + 'f = pd.DataFrame({"weight": r.normal(70, 9, n), "dose": r.choice(["low", "high"], n)}); '
        + 'f["churned"] = np.where(f.weight + 9 * (f.dose == "low") + r.normal(0, 3, n) > 75, "yes", "no"); '
        + 'f.to_csv("data/doses.csv", index=False)']);
      await sets('data', { inputDataUrl: 'data/doses.csv' })(repository, python);
      repository.remove('config/columns.json');
    },
    learns: ['weight', 'dose'],
    ignores: ['city'],
  },
  {
    name: 'measures profit, and gates on it',
    make: async (repository, python) => {
      repository.write('model/custom_metrics.py', [
        'import numpy as np', '', '', 'def profit(predicted, actual, rows, weights):',
        '    called = predicted == "yes"',
        '    saved = np.where(called & (actual == "yes"), 0.1 * rows["spent"], 0) - np.where(called, 5, 0)',
        '    return float((saved * weights).sum())', '',
      ].join('\n'));
      await sets('customMetrics', { profit: { better: 'higher' } })(repository, python);
      await sets('qualityGate', { metric: 'profit', comparison: '>', threshold: 1 })(repository, python);
    },
    learns: ['city'],
  },
  {
    name: 'trains a random forest',
    make: trains({
      num_parallel_tree: 60, num_round: 1, eta: 1, subsample: 0.7, colsample_bynode: 0.7, early_stopping_rounds: 0,
    }),
    learns: ['city', 'spent'],
  },
  {
    name: 'demands that more visits never make it likelier',
    make: trains({ monotone_constraints: '{"visits": -1}' }),
    learns: ['visits'],
  },
];
