import type { ApiOptions } from './api';
import type { AsynchronousOptions } from './asynchronous';
import type { AutoscalingOptions } from './autoscaling';
import type { BatchOptions } from './batch';
import type { EndpointDeploymentOptions } from './deployment';
import type { InstanceType, KmsKeyArn } from './limits';
import type { MonitoringOptions } from './monitoring';
import type { ServerlessOptions } from './serverless';
import type { SmokeTestOptions } from './smoke-test';

/** How a deployed model is served. */
export enum EndpointKind {
  /** An endpoint that is always up and answers at once. */
  REALTIME = 'realtime',
  /** An endpoint without instances of its own, which is billed by request and may start cold. */
  SERVERLESS = 'serverless',
  /** An endpoint that queues requests from S3 and writes answers to S3; it can scale to zero. */
  ASYNCHRONOUS = 'asynchronous',
  /**
   * No endpoint: a pipeline that scores data in batches, on a schedule, when data arrives, or when somebody starts it.
   */
  BATCH = 'batch',
}

/**
 * @asType integer
 * @minimum 1
 * @maximum 1000
 */
export type EndpointInstanceCount = number;

/**
 * @asType integer
 * @minimum 0
 * @maximum 100
 */
type CapturePercentage = number;

/**
 * @asType integer
 * @minimum 1
 * @maximum 3650
 */
type CaptureRetentionDays = number;

/** What may differ from environment to environment. */
export interface EndpointOverrideOptions {
  /**
   * How the model is served. An existing endpoint cannot change its kind.
   *
   * @default - that of the project's endpoint options
   */
  readonly kind?: EndpointKind;

  /**
   * Instance type.
   *
   * @default - that of the project's endpoint options
   */
  readonly instanceType?: InstanceType;

  /**
   * Number of instances.
   *
   * @default - that of the project's endpoint options
   */
  readonly instanceCount?: EndpointInstanceCount;

  /**
   * Share of the requests that is captured to S3, in whole percent (0 switches capture off).
   *
   * @default - that of the project's endpoint options
   */
  readonly dataCapturePercentage?: CapturePercentage;

  /**
   * Days after which captured data is removed.
   *
   * @default - that of the project's endpoint options
   */
  readonly dataCaptureRetentionDays?: CaptureRetentionDays;

  /**
   * ARN of an existing KMS key for the endpoint's volumes and captured data, in the environment's region.
   *
   * @default - that of the project's endpoint options
   */
  readonly kmsKeyArn?: KmsKeyArn;

  /**
   * How traffic moves to a new model; replaces the project's setting as a whole.
   *
   * @default - that of the project's endpoint options
   */
  readonly deployment?: EndpointDeploymentOptions;

  /**
   * Memory and concurrency of a serverless endpoint; replaces the project's setting as a whole.
   *
   * @default - that of the project's endpoint options
   */
  readonly serverless?: ServerlessOptions;

  /**
   * Concurrency and notifications of an asynchronous endpoint; replaces the project's setting as a whole.
   *
   * @default - that of the project's endpoint options
   */
  readonly asynchronous?: AsynchronousOptions;

  /**
   * Limits and target of automatic scaling; replaces the project's setting as a whole.
   *
   * @default - that of the project's endpoint options
   */
  readonly autoscaling?: AutoscalingOptions;

  /**
   * How data is scored in batches; replaces the project's setting as a whole. Only for the kind "batch".
   *
   * @default - that of the project's endpoint options
   */
  readonly batch?: BatchOptions;

  /**
   * Whether the environment gets a CloudWatch dashboard of its endpoint: requests, errors, latency, instances,
   * deployments. An account pays for each dashboard after the third.
   *
   * @default - true for environments of type prod, except with the kind "batch", which has no endpoint
   */
  readonly dashboard?: boolean;

  /**
   * The API in front of the endpoint; replaces the project's setting as a whole.
   *
   * @default - that of the project's endpoint options
   * @decides names
   */
  readonly api?: ApiOptions;

  /**
   * Monitors of what the model is asked and answers.
   *
   * @default - that of the project's endpoint options
   * @decides names
   */
  readonly monitoring?: MonitoringOptions;
}

/** The endpoint that approved models are served from. */
export interface EndpointOptions {
  /**
   * How the model is served. An existing endpoint cannot change its kind: add an environment with another name, and
   * remove the old one when nobody calls it any longer.
   *
   * @default "realtime"
   */
  readonly kind?: EndpointKind;

  /**
   * Instance type.
   *
   * @default "ml.m5.large"
   */
  readonly instanceType?: InstanceType;

  /**
   * Number of instances; production traffic wants 2 or more, in different zones.
   *
   * @default 1
   */
  readonly instanceCount?: EndpointInstanceCount;

  /**
   * Share of the requests that is captured to S3 with its answers, in whole percent (0 captures nothing).
   *
   * Requests may hold personal data, and captured data costs: capture what you look at, and no longer than you need it.
   *
   * @default 0
   */
  readonly dataCapturePercentage?: CapturePercentage;

  /**
   * Days after which captured data is removed; S3 takes a day or two more.
   *
   * @default 30
   */
  readonly dataCaptureRetentionDays?: CaptureRetentionDays;

  /**
   * ARN of an existing KMS key for the endpoints' volumes and captured data, in the environments' region.
   *
   * Its key policy must let the environment's roles use it. Instances with local NVMe storage encrypt it themselves;
   * the key is then used only for captured data.
   *
   * @default - a key with rotation is created in each environment
   */
  readonly kmsKeyArn?: KmsKeyArn;

  /**
   * Largest accepted difference between a number in the answer to a golden row and the number that was measured;
   * relative if the measured number is larger than 1.
   *
   * @minimum 0
   * @maximum 1
   * @default 0.0001
   */
  readonly goldenTolerance?: number;

  /**
   * How traffic moves to a new model.
   *
   * @default - for environments of type prod `{}`: a canary of one instance if there are two or more, else all at once;
   * with alarms and a bake of ten minutes. For all others: all at once, without alarms or a bake
   * @examples [{ "strategy": "linear", "stepPercent": 25, "bakeSeconds": 900 }]
   */
  readonly deployment?: EndpointDeploymentOptions;

  /**
   * Memory and concurrency of a serverless endpoint.
   *
   * @default - {} where kind is "serverless"
   */
  readonly serverless?: ServerlessOptions;

  /**
   * Concurrency and notifications of an asynchronous endpoint.
   *
   * @default - {} where kind is "asynchronous"
   */
  readonly asynchronous?: AsynchronousOptions;

  /**
   * Limits and target of automatic scaling.
   *
   * @default - a fixed number of instances
   */
  readonly autoscaling?: AutoscalingOptions;

  /**
   * How data is scored in batches. Only for the kind "batch".
   *
   * @default - {} for the kind "batch": everything below `input/` in a bucket of the environment is scored when
   * somebody starts the pipeline
   * @examples [{ "schedule": "cron(0 6 * * ? *)", "timeZone": "Europe/Berlin" }]
   */
  readonly batch?: BatchOptions;

  /**
   * Whether the environment gets a CloudWatch dashboard of its endpoint: requests, errors, latency, instances,
   * deployments. An account pays for each dashboard after the third.
   *
   * @default - true for environments of type prod, except with the kind "batch", which has no endpoint
   */
  readonly dashboard?: boolean;

  /**
   * An HTTPS address in front of the endpoint.
   *
   * @default - none: callers invoke the endpoint with AWS credentials
   * @examples [{ "authorization": { "type": "jwt", "issuer": "https://login.example.org", "audience": ["churn"] } }]
   * @decides names
   */
  readonly api?: ApiOptions;

  /**
   * Monitors of what the model is asked and answers, on a schedule, with alarms.
   *
   * @default - none
   * @examples [{ "dataQuality": { "schedule": "hourly", "thresholds": { "total_amount": 0.2 } }, "retrainOn": ["drift"] }]
   * @decides names
   */
  readonly monitoring?: MonitoringOptions;

  /**
   * The request that proves after each deployment that the endpoint answers.
   *
   * @default - in a generated repository, a made-up row like those of the data, without the column to predict; required
   * if the constructs are used alone
   */
  readonly smokeTest?: SmokeTestOptions;
}
