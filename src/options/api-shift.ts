/** How CodeDeploy moves requests from one version of a function to the next. */
export enum ApiShiftStrategy {
  /** All of them at the same moment. */
  ALL_AT_ONCE = 'all-at-once',
  /** A small part first, and after a wait all the rest. */
  CANARY = 'canary',
  /** In steps of the same size. */
  LINEAR = 'linear',
}

/** How requests move to a new version. The first version is always all at once. */
export interface ApiShiftOptions {
  /**
   * How requests move.
   *
   * @default "canary"
   */
  readonly strategy?: ApiShiftStrategy;

  /**
   * Share of the requests in the canary, or in each step, in whole percent.
   *
   * @asType integer
   * @minimum 1
   * @maximum 99
   * @default - 10; none with "all-at-once"
   */
  readonly percent?: number;

  /**
   * Minutes between the canary and the rest, or between two steps.
   *
   * @asType integer
   * @minimum 1
   * @maximum 60
   * @default - 5 (canary), 1 (linear); none with "all-at-once"
   */
  readonly minutes?: number;
}
