/**
 * @minLength 1
 * @maxLength 256
 */
type HyperparameterChoice = string;

/**
 * The values of one hyperparameter that a tuning tries: from `minimum` to `maximum`, or one of `values`.
 *
 * @fix Write it as an object, for example { name: "eta", minimum: 0.01, maximum: 0.5, scale: "Logarithmic" }.
 */
export interface HyperparameterRange {
  /**
   * The hyperparameter, by the name that `model/train.py` accepts.
   *
   * @pattern ^[A-Za-z][A-Za-z0-9_]{0,255}$
   * @allowed letters, digits and underscores, beginning with a letter, at most 256 characters
   * @fix Give the name of a hyperparameter, for example eta.
   * @examples ["eta"]
   */
  readonly name: string;
  /**
   * The smallest value.
   * @fix Give the smallest value that is tried.
   * @default - none, with `values`
   */
  readonly minimum?: number;
  /**
   * The largest value.
   * @fix Give the largest value that is tried.
   * @default - none, with `values`
   */
  readonly maximum?: number;
  /**
   * Scale on which values are chosen. `Logarithmic` suits ranges over several orders of magnitude, such as learning
   * rates; `ReverseLogarithmic` suits continuous ranges just below 1. With `Auto`, SageMaker chooses.
   *
   * @values ["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"]
   * @default - Auto, without `values`
   */
  readonly scale?: string;
  /**
   * Whether only whole numbers are tried.
   * @default - as the framework declares the hyperparameter; for one of your own, whether both bounds are whole numbers
   */
  readonly integer?: boolean;
  /**
   * The values to choose from, instead of a range.
   * @minItems 1
   * @maxItems 30
   * @uniqueItems
   * @fix Give a list of values, for example [0.5, 0.75, 1]; SageMaker takes at most 30.
   * @examples [[0.5, 0.75, 1]]
   * @default - none, with `minimum` and `maximum`
   */
  readonly values?: Array<number | HyperparameterChoice>;
}

/**
 * Hyperparameter tuning: the pipeline trains several models with different hyperparameters, and evaluates and registers
 * the best one.
 *
 * A hyperparameter with a range is no pipeline parameter; its value in `hyperparameters` counts again once `tuning` is
 * removed. Every trial is a training job with the instances, time limit and network of `training`.
 *
 * @fix Write it as an object, for example { ranges: [{ name: "max_depth", minimum: 2, maximum: 8 }] }.
 */
export interface TuningOptions {
  /**
   * The hyperparameters to tune. SageMaker searches at most 30.
   * @minItems 1
   * @maxItems 30
   * @fix Give a list of ranges, for example [{ name: "max_depth", minimum: 2, maximum: 8 }].
   */
  readonly ranges: HyperparameterRange[];
  /**
   * The metric by which trials are compared: one that `model/train.py` logs for the validation set. Whether the highest
   * or the lowest value wins follows from the metric.
   *
   * XGBoost: validation:logloss, validation:auc (binary), validation:mlogloss, validation:merror (multiclass),
   * validation:rmse, validation:mae (regression). scikit-learn: validation:logloss, validation:mlogloss,
   * validation:rmse.
   *
   * @pattern ^validation:.{1,244}$
   * @allowed a metric of the validation set, such as validation:auc
   * @fix Name a metric that model/train.py logs for the validation set.
   * @examples ["validation:auc"]
   * @default - the validation metric that decides about early stopping of the training
   */
  readonly objective?: string;
  /**
   * How the values of the next trial are chosen. `Bayesian` learns from earlier trials, `Random` does not. `Grid` tries
   * every combination of `values`. `Hyperband` stops trials that fall behind, and gives the others more rounds.
   *
   * The local runner tries random values for `Bayesian` and `Hyperband`, and says so.
   *
   * @values ["Bayesian", "Random", "Grid", "Hyperband"]
   * @default "Bayesian"
   */
  readonly strategy?: string;
  /**
   * Number of trials. SageMaker runs at most 750; with `Random` up to 10,000 if you request a higher quota.
   * @asType integer
   * @minimum 1
   * @maximum 10000
   * @fix Give the number of trials.
   * @default - 20; with Grid the number of combinations
   */
  readonly maxTrials?: number;
  /**
   * Number of trials that run at the same time, each on its own instances. With `Bayesian`, fewer at a time learn more.
   * More than 10 need a higher quota; SageMaker's limit is 100.
   * @asType integer
   * @minimum 1
   * @maximum 100
   * @fix Give the number of trials that run at the same time.
   * @default - 2, or maxTrials when that is less
   */
  readonly maxParallelTrials?: number;
  /**
   * Whether trials are stopped that are unlikely to become better than earlier ones (`Auto`). Only for frameworks that
   * log metrics while they train (XGBoost), and not with `Hyperband`, which stops trials itself.
   *
   * @values ["Off", "Auto"]
   * @default "Off"
   */
  readonly earlyStopping?: string;
  /**
   * Only with `Hyperband`: how often a trial logs the objective metric before it may be stopped.
   * @asType integer
   * @minimum 1
   * @maximum 20000
   * @fix Give a number of log lines, less than maxResource.
   * @default - 1 with Hyperband
   */
  readonly minResource?: number;
  /**
   * Required with `Hyperband`, and only there: how often a whole training logs the objective metric. `model/train.py`
   * logs it every tenth round, so 200 rounds are 20.
   * @asType integer
   * @minimum 2
   * @maximum 20000
   * @fix Give the number of log lines of a whole training: a tenth of num_round.
   * @default - none
   */
  readonly maxResource?: number;
  /**
   * Seed of the search.
   * @asType integer
   * @minimum 1
   * @maximum 2147483647
   * @fix Give a whole number of at least 1.
   * @default 42
   */
  readonly seed?: number;
}
