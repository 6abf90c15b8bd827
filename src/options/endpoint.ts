/** How a deployed model is served. */
export enum EndpointKind {
  /** An endpoint that is always up and answers at once. */
  REALTIME = 'realtime',
}

/** The request that is sent to an endpoint after each deployment; a wrong answer fails the deployment. */
export interface SmokeTestOptions {
  /** The request's payload, for example one CSV line of features (1 to 60,000 characters). */
  readonly body: string;

  /**
   * Media type of the payload.
   *
   * @default "text/csv"
   */
  readonly contentType?: string;

  /**
   * Media type of the answer; JSON has to parse, and JSON lists and CSV need as many entries as a CSV payload has
   * lines.
   *
   * @default "application/json"
   */
  readonly accept?: string;

  /**
   * Longest time that an answer may take, in seconds (above 0, at most 60), measured after one request to warm up.
   *
   * @default 30
   */
  readonly maxLatencySeconds?: number;
}

/** What may differ from environment to environment. */
export interface EndpointOverrideOptions {
  /**
   * Instance type, for example `ml.m5.large`.
   *
   * @default - that of the project's endpoint options
   */
  readonly instanceType?: string;

  /**
   * Number of instances, 1 to 1,000.
   *
   * @default - that of the project's endpoint options
   */
  readonly instanceCount?: number;

  /**
   * Share of the requests that is captured to S3, in whole percent (0 switches capture off).
   *
   * @default - that of the project's endpoint options
   */
  readonly dataCapturePercentage?: number;

  /**
   * Days after which captured data is removed, 1 to 3,650.
   *
   * @default - that of the project's endpoint options
   */
  readonly dataCaptureRetentionDays?: number;

  /**
   * ARN of an existing KMS key for the endpoint's volumes and captured data, in the environment's region.
   *
   * @default - that of the project's endpoint options
   */
  readonly kmsKeyArn?: string;
}

/** The endpoint that approved models are served from. */
export interface EndpointOptions {
  /**
   * How the model is served.
   *
   * @default - realtime
   */
  readonly kind?: EndpointKind;

  /**
   * Instance type, for example `ml.m5.large`.
   *
   * @default "ml.m5.large"
   */
  readonly instanceType?: string;

  /**
   * Number of instances, 1 to 1,000; production traffic wants 2 or more, in different zones.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * Share of the requests that is captured to S3 with its answers, in whole percent (0 captures nothing).
   *
   * Requests may hold personal data, and captured data costs: capture what you look at, and no longer than you need it.
   *
   * @default 0
   */
  readonly dataCapturePercentage?: number;

  /**
   * Days after which captured data is removed, 1 to 3,650; S3 takes a day or two more.
   *
   * @default 30
   */
  readonly dataCaptureRetentionDays?: number;

  /**
   * ARN of an existing KMS key for the endpoints' volumes and captured data, in the environments' region.
   *
   * Its key policy has to let the environment's roles use it. Instances with NVMe storage of their own encrypt that by
   * themselves, the key is used for captured data then.
   *
   * @default - a rotating key is made in each environment
   */
  readonly kmsKeyArn?: string;

  /**
   * The request that proves after each deployment that the endpoint answers.
   *
   * @default - in a generated repository the first row of the data, without the column to predict; required where the
   * constructs are used alone
   */
  readonly smokeTest?: SmokeTestOptions;
}
