/**
 * What a model must reach to be registered; a model that misses it ends the pipeline with a message that says so.
 *
 * A threshold without a metric is one of the default metric.
 */
export interface QualityGateOptions {
  /**
   * Metric measured on the held-out test data, by its name in SageMaker's model-quality report.
   *
   * Binary: accuracy, precision, recall, f1, auc, log_loss. Multiclass: accuracy, weighted_precision, weighted_recall,
   * weighted_f1 and more. Regression: rmse, mse, mae, r2.
   *
   * @default - accuracy for classification, rmse for regression
   */
  readonly metric?: string;
  /**
   * How the metric is compared with the threshold: `>=`, `>`, `<=` or `<`.
   * @default - `>=` for metrics that are better when higher, `<=` for errors
   */
  readonly comparison?: string;
  /**
   * The value to reach, in the metric's own unit: a share from 0 to 1 (r2: at most 1), at least 0 for errors.
   * @default - one that the sample data passes, see the README
   */
  readonly threshold?: number;
}
