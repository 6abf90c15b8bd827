/** How the traffic of an endpoint moves from the old instances to the new ones. */
export enum DeploymentStrategy {
  /** All of it at the same moment; the old instances stay for the bake. */
  ALL_AT_ONCE = 'all-at-once',
  /** A small part first, and after a wait all the rest. */
  CANARY = 'canary',
  /** In steps of the same size. */
  LINEAR = 'linear',
  /** In batches; old instances go with each batch, so no second fleet is needed. */
  ROLLING = 'rolling',
}

/**
 * @asType integer
 * @minimum 0
 * @maximum 3600
 */
type PhaseSeconds = number;

/**
 * @asType integer
 * @minimum 1
 * @maximum 60000
 */
type LatencyMilliseconds = number;

/**
 * @pattern ^(?!\s*$).{1,255}$
 * @allowed the name of a CloudWatch alarm, 1 to 255 characters
 * @examples ["orders-failed"]
 */
type AlarmName = string;

/**
 * Alarms that roll a deployment back. They measure only the answers of the new instances, minute by minute; a minute
 * without requests counts as good.
 */
export interface RollbackAlarmOptions {
  /**
   * Share of requests that the new model may fail, in percent: answers with status 500 or above, broken answers, no
   * answer. One minute above it restores the old model.
   *
   * @minimum 0
   * @maximum 99
   * @default 1
   */
  readonly serverErrorPercent?: number;

  /**
   * Share of requests that the new model may reject with status 400 to 499, in percent. Two of three minutes above it
   * restore the old model; 100 turns this off.
   *
   * @minimum 0
   * @maximum 100
   * @default 20
   */
  readonly clientErrorPercent?: number;

  /**
   * Time within which the new model must answer half of the requests, in milliseconds. Two of three minutes above it
   * restore the old model.
   *
   * @default - not checked
   */
  readonly p50LatencyMilliseconds?: LatencyMilliseconds;

  /**
   * Time within which the new model must answer 99 of 100 requests, in milliseconds. Two of three minutes above it
   * restore the old model.
   *
   * @default - `smokeTest.maxLatencySeconds` in milliseconds; 30,000 in a ModelEndpoint alone
   */
  readonly p99LatencyMilliseconds?: LatencyMilliseconds;

  /**
   * Names of your own alarms, in the environment's account and region, that restore the old model too. Composite alarms
   * are not supported.
   *
   * @maxItems 8
   * @uniqueItems
   * @default []
   */
  readonly ownAlarmNames?: AlarmName[];
}

/** How traffic moves to a new model. The first deployment of an endpoint is always all at once. */
export interface EndpointDeploymentOptions {
  /**
   * How traffic moves.
   *
   * @default - "canary" with two or more instances, else "all-at-once"
   */
  readonly strategy?: DeploymentStrategy;

  /**
   * Instances in the canary, in each step (linear) or in each batch (rolling).
   *
   * @asType integer
   * @minimum 1
   * @maximum 500
   * @default - the fewest that the strategy accepts: 1 (canary), a tenth of all (linear), a twentieth of all (rolling)
   */
  readonly stepInstances?: number;

  /**
   * The same as a percentage of all instances, instead of `stepInstances`.
   *
   * @asType integer
   * @minimum 5
   * @maximum 50
   * @default - `stepInstances` is used
   */
  readonly stepPercent?: number;

  /**
   * Seconds between the canary and the rest, and after each step or batch, during which an alarm restores the old
   * model.
   *
   * @default - 600 (canary), 300 (linear, rolling)
   */
  readonly waitSeconds?: PhaseSeconds;

  /**
   * Seconds for which the old instances stay after all traffic has moved, so that an alarm can restore them at once.
   * You pay for both fleets during that time.
   *
   * @default - 600; none with "rolling", which keeps no old instances
   */
  readonly bakeSeconds?: PhaseSeconds;

  /**
   * Whether golden rows are sent to the endpoint during the update, every few seconds. An answer that neither was
   * measured nor comes from the old model restores the old model, as an error does. Realtime endpoints only.
   *
   * @default - true for a realtime endpoint of a delivery with a wait or a bake; false in a ModelEndpoint alone, where
   * nobody sends them
   */
  readonly probe?: boolean;

  /**
   * Seconds after a proven deployment during which a rollback alarm that fires returns the endpoint to the version
   * before, at once. SageMaker itself stops looking after the bake. 0 turns this off; a ModelEndpoint alone ignores it.
   *
   * @asType integer
   * @minimum 0
   * @maximum 86400
   * @default - 3600, where there are rollback alarms
   */
  readonly watchSeconds?: number;

  /**
   * Alarms that roll a deployment back.
   *
   * @default {}
   */
  readonly alarms?: RollbackAlarmOptions;
}
