/**
 * @asType integer
 * @minimum 0
 * @maximum 3600
 */
type CooldownSeconds = number;

/**
 * @asType integer
 * @minimum 0
 * @maximum 1000
 */
type Capacity = number;

/** A time at which the limits of the scaling change. */
export interface ScalingScheduleOptions {
  /**
   * Name of the schedule, unique in the endpoint.
   *
   * @pattern ^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$
   * @allowed 1 to 64 letters, digits, hyphens and underscores, beginning with a letter or digit
   * @examples ["working-hours"]
   */
  readonly name: string;

  /**
   * When, as an expression of Application Auto Scaling: `cron(minutes hours day month weekday year)`,
   * `rate(value unit)` or `at(yyyy-mm-ddThh:mm:ss)`.
   *
   * @pattern ^(cron\(\S+( \S+){5}\)|rate\([1-9]\d* (minutes?|hours?|days?)\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$
   * @allowed cron(…) with six fields, rate(value unit) or at(yyyy-mm-ddThh:mm:ss)
   * @examples ["cron(0 7 ? * MON-FRI *)"]
   */
  readonly schedule: string;

  /**
   * Time zone of a cron or at expression, by its name in the IANA database.
   *
   * @pattern ^[A-Za-z]+([_+-]?[A-Za-z0-9]+)*(\/[A-Za-z0-9]+([_+-][A-Za-z0-9]+)*)*$
   * @allowed a name of the IANA time zone database, for example Europe/Berlin
   * @default "UTC"
   */
  readonly timeZone?: string;

  /**
   * Smallest capacity from then on.
   *
   * @default - unchanged
   */
  readonly minCapacity?: Capacity;

  /**
   * Largest capacity from then on.
   *
   * @default - unchanged
   */
  readonly maxCapacity?: Capacity;
}

/**
 * How an endpoint is scaled by Application Auto Scaling: instances, or the provisioned concurrency of a serverless
 * endpoint.
 *
 * @allowed an object with maxCapacity and a target
 */
export interface AutoscalingOptions {
  /**
   * Smallest capacity: instances, or provisioned concurrency of a serverless endpoint. Only an asynchronous endpoint
   * may have 0.
   *
   * @default - `instanceCount`, or `serverless.provisionedConcurrency`
   */
  readonly minCapacity?: Capacity;

  /** Largest capacity: instances, or provisioned concurrency of a serverless endpoint. */
  readonly maxCapacity: Capacity;

  /**
   * Target for an endpoint of kind realtime: requests per instance and minute. AWS recommends half of what one instance
   * can take in a load test.
   *
   * @minimum 1
   * @maximum 1000000
   * @default - none; realtime needs this or `concurrentRequestsPerInstance`
   */
  readonly invocationsPerInstance?: number;

  /**
   * Target for an endpoint of kind realtime: requests that an instance works on at the same time. It reacts within
   * seconds rather than minutes.
   *
   * @minimum 1
   * @maximum 10000
   * @default - none; realtime needs this or `invocationsPerInstance`
   */
  readonly concurrentRequestsPerInstance?: number;

  /**
   * Target for an endpoint of kind asynchronous: requests in the queue per instance.
   *
   * @minimum 1
   * @maximum 1000000
   * @default - 5 (asynchronous)
   */
  readonly backlogPerInstance?: number;

  /**
   * Target for an endpoint of kind serverless: used share of the provisioned concurrency, in percent.
   *
   * @asType integer
   * @minimum 10
   * @maximum 90
   * @default - 70 (serverless)
   */
  readonly provisionedConcurrencyUtilization?: number;

  /**
   * Seconds after capacity was removed before more is removed.
   *
   * @default 300
   */
  readonly scaleInCooldownSeconds?: CooldownSeconds;

  /**
   * Seconds after capacity was added before more is added.
   *
   * @default 300
   */
  readonly scaleOutCooldownSeconds?: CooldownSeconds;

  /**
   * Times at which the limits change, for example for the night.
   *
   * @maxItems 20
   * @default []
   */
  readonly schedules?: ScalingScheduleOptions[];
}
