/**
 * What a model must reach to be registered; a model that misses it ends the pipeline with a message that says so.
 *
 * With a threshold the metric has to reach it. Without one the model has to be better than a baseline (the most
 * frequent class, the mean), and from the second version on also than the newest approved version of its model package
 * group, both measured on the same test rows. A threshold without a metric is one of the default metric.
 *
 * @fix Write it as an object in the rc file, for example { metric: "accuracy", threshold: 0.9 }.
 */
export interface QualityGateOptions {
  /**
   * Metric measured on the held-out test data, by its name in SageMaker's model-quality report.
   *
   * Binary: accuracy, balanced_accuracy, precision, recall, f1, auc, average_precision, log_loss. Multiclass: accuracy,
   * balanced_accuracy, weighted_precision, weighted_recall, weighted_f1 and more. Regression: rmse, mse, mae, r2.
   *
   * @fix Name a metric of the model-quality report.
   * @default - average_precision (binary), balanced_accuracy (multiclass) or rmse (regression); accuracy for the
   * classification samples
   */
  readonly metric?: string;
  /**
   * How the metric is compared. Without a threshold the comparison has to go in the direction
   * in which the metric is better.
   *
   * @values [">=", ">", "<=", "<"]
   * @fix Use >= for metrics that are better when higher and <= for errors.
   * @default - with a threshold `>=` for metrics that are better when higher, `<=` for errors; without one `>` and `<`
   */
  readonly comparison?: string;
  /**
   * The value to reach, in the metric's own unit: a share from 0 to 1 (r2: at most 1), at least 0 for errors.
   *
   * @fix Give the value to reach as a number, for example 0.9.
   * @default - none: the model is compared with a baseline and the newest approved version; for the sample data one
   * that it passes, see the README
   */
  readonly threshold?: number;
}
