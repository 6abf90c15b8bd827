/** What must hold for a version so that it is approved without a person. */
export interface RuleApprovalOptions {
  /**
   * Least improvement of the gate's metric over the approved version, in units of the metric, positive for better.
   *
   * @default 0
   */
  readonly minimumImprovement?: number;

  /**
   * Whether a version is approved by rule if none is approved yet, so that there is nothing to compare it with.
   *
   * @default false
   */
  readonly firstVersion?: boolean;

  /**
   * Largest share of invalid or missing values in the training data, over all columns.
   *
   * @minimum 0
   * @maximum 1
   * @default - not limited
   */
  readonly maximumMissing?: number;

  /**
   * Least number of rows that the version was tested on.
   *
   * @minimum 1
   * @asType integer
   * @default 100
   */
  readonly minimumTestRows?: number;

  /**
   * Names of the deployment groups whose versions are approved by rule.
   *
   * @uniqueItems
   * @minItems 1
   * @default - groups without an environment of type prod
   */
  readonly groups?: string[];
}
