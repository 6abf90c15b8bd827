/**
 * The quality that a model must reach to be registered; a model that misses it fails the pipeline with a clear message.
 *
 * With a threshold, the metric must reach it. Without one, the model must beat a baseline (the class shares or the
 * mean) and must not be worse than the newest approved version of its model package group, on the same test rows. A
 * threshold without a metric applies to the default metric.
 *
 * @fix Write it as an object in the rc file, for example { metric: "accuracy", threshold: 0.9 }.
 */
export interface QualityGateOptions {
  /**
   * Metric measured on the held-out test data, by its name in SageMaker's model-quality report.
   *
   * Binary: accuracy, balanced_accuracy, precision, recall, f1, auc, average_precision, log_loss. Multiclass: accuracy,
   * balanced_accuracy, weighted_precision, weighted_recall, weighted_f1 and more. Regression: rmse, mse, mae, r2. Or a
   * metric of your own, which `customMetrics` declares.
   *
   * @fix Name a metric of the model-quality report.
   * @default - average_precision (binary), balanced_accuracy (multiclass) or rmse (regression); accuracy for the
   * classification samples
   */
  readonly metric?: string;
  /**
   * How the metric is compared. Without a threshold, `>` or `>=` for metrics that are better when higher, `<` or `<=`
   * for errors.
   *
   * @values [">=", ">", "<=", "<"]
   * @fix Use >= for metrics that are better when higher and <= for errors.
   * @default - with a threshold `>=` for metrics that are better when higher, `<=` for errors; without one `>` and `<`
   */
  readonly comparison?: string;
  /**
   * The value to reach, in the metric's unit: 0 to 1 (r2: at most 1), or at least 0 for errors.
   *
   * @fix Set the value as a number, for example 0.9.
   * @default - none: the model is compared with a baseline and the newest approved version; for the sample
   * data, one that its default model passes
   */
  readonly threshold?: number;
}
