import type { AccountId, RegionName } from './limits';

/** The account and region in which the delivery pipelines run. */
export interface ToolingOptions {
  /**
   * Account ID, twelve digits.
   *
   * @default - the account that the infrastructure is deployed to
   */
  readonly account?: AccountId;

  /**
   * Region, by its short name.
   *
   * @default - the region that the infrastructure is deployed to
   */
  readonly region?: RegionName;
}
