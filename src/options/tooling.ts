/** The account and region in which the delivery pipelines run. */
export interface ToolingOptions {
  /**
   * Twelve-digit account id.
   *
   * @default - the account that the infrastructure is deployed to
   */
  readonly account?: string;

  /**
   * Region, for example `eu-west-1`.
   *
   * @default - the region that the infrastructure is deployed to
   */
  readonly region?: string;
}
