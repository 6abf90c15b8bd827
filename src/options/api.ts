import type { ApiAuthorizationOptions } from './api-authorization';
import type { ApiPredictionLogOptions } from './api-prediction-log';
import type { ApiRestOptions } from './api-rest';
import type { ApiShiftOptions } from './api-shift';

/** The kind of API in API Gateway. */
export enum ApiType {
  /** An HTTP API: cheaper and faster, with JWT authorisation of its own. */
  HTTP = 'http',
  /** A REST API: usage plans with API keys, a web ACL, private APIs. */
  REST = 'rest',
}

/** How a new model comes to the API. */
export enum ApiRelease {
  /**
   * One endpoint with a fixed name: SageMaker moves its traffic to the new model (`endpoint.deployment`), after that
   * CodeDeploy moves the API to a version of the handler that knows the new model's contract.
   */
  IN_PLACE = 'in-place',
  /**
   * Each approved package gets an endpoint of its own, and CodeDeploy moves the API to it. You pay for both endpoints
   * until the bake is over.
   */
  PER_RELEASE = 'per-release',
}

/**
 * @asType integer
 * @minimum 1
 * @maximum 10000
 */
type RequestRate = number;

/** How many requests the API takes, all callers together; what is above is answered with 429. */
export interface ApiThrottlingOptions {
  /**
   * Requests a second.
   *
   * @default 100
   */
  readonly requestsPerSecond?: RequestRate;

  /**
   * Requests that may come at the same moment.
   *
   * @default 200
   */
  readonly burst?: RequestRate;
}

/** Which web pages may call the API (cross-origin resource sharing). */
export interface ApiCorsOptions {
  /**
   * Origins of the pages.
   *
   * @minItems 1
   * @maxItems 20
   * @uniqueItems
   * @examples [["https://app.example.org"]]
   */
  readonly allowOrigins: ApiOrigin[];

  /**
   * Seconds for which a browser may keep the answer.
   *
   * @asType integer
   * @minimum 0
   * @maximum 86400
   * @default 3600
   */
  readonly maxAgeSeconds?: number;
}

/**
 * @pattern ^(\*|https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?)$
 * @allowed an origin such as https://app.example.org, or "*"
 * @fix An origin has neither a path nor a slash at the end.
 */
type ApiOrigin = string;

/** An address of your own for the API. */
export interface ApiDomainOptions {
  /**
   * Name of the domain.
   *
   * @pattern ^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$
   * @allowed a domain name in lower case
   * @examples ["churn.example.org"]
   */
  readonly name: string;

  /**
   * ARN of its certificate in Certificate Manager, in the environment's account and region.
   *
   * @pattern ^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9-]+$
   * @allowed the ARN of a certificate (arn:aws:acm:<region>:<account>:certificate/<id>)
   * @examples ["arn:aws:acm:eu-west-1:111111111111:certificate/01234567-89ab-cdef-0123-456789abcdef"]
   */
  readonly certificateArn: string;

  /**
   * ID of the public hosted zone, in the environment's account, that gets a record for the domain.
   *
   * @pattern ^Z[A-Z0-9]{1,31}$
   * @allowed the ID of a hosted zone, for example Z0123456789ABCDEFGHIJ
   * @default - none: point the domain at the API yourself
   */
  readonly hostedZoneId?: string;
}

/** Alarms that return the API to the version before. They look at the new version's answers only, minute by minute. */
export interface ApiAlarmOptions {
  /**
   * Share of requests that the new version may answer with status 500 or above, in percent.
   *
   * @minimum 0
   * @maximum 99
   * @default 1
   */
  readonly serverErrorPercent?: number;

  /**
   * Time within which the new version must answer 99 of 100 requests, in milliseconds.
   *
   * @asType integer
   * @minimum 1
   * @maximum 300000
   * @default - what the handler takes at most: timeoutSeconds, with a REST API a second less
   */
  readonly p99LatencyMilliseconds?: number;
}

/** An HTTPS address in front of an endpoint: it stays, checks requests, is protected, and moves to a new model. */
export interface ApiOptions {
  /**
   * Kind of the API. With a domain it cannot be changed: take the domain away, deploy, then change the kind and set
   * the domain again. Either change gives the API another address of API Gateway's.
   *
   * @default "http"
   */
  readonly type?: ApiType;

  /**
   * How a new model comes to the API.
   *
   * `in-place` costs nothing beside the update of the endpoint; `per-release` shifts requests in percent, whatever the
   * number of instances, serves each request with the contract of the model that answers it, and returns within
   * seconds. An environment cannot change it: add another one.
   *
   * @default "in-place"
   * @decides names
   */
  readonly release?: ApiRelease;

  /**
   * Path of predictions; `/schema`, `/openapi.json`, `/health` and `/version` are beside it.
   *
   * @pattern ^(?!(schema|openapi\.json|health|version)$)[a-z0-9][a-z0-9_-]{0,62}$
   * @allowed 1 to 63 lower-case letters, digits, "_" and "-"; not schema, health or version
   * @default "predict"
   * @examples ["api"]
   */
  readonly path?: string;

  /**
   * Who may call the API.
   *
   * @default {}
   */
  readonly authorization?: ApiAuthorizationOptions;

  /**
   * How many requests the API takes.
   *
   * @default {}
   */
  readonly throttling?: ApiThrottlingOptions;

  /**
   * Which web pages may call it.
   *
   * @default - none
   */
  readonly cors?: ApiCorsOptions;

  /**
   * An address of your own.
   *
   * @default - the one that API Gateway gives it
   */
  readonly domain?: ApiDomainOptions;

  /**
   * What only a REST API has.
   *
   * @default - {} where type is "rest"
   * @decides names
   */
  readonly rest?: ApiRestOptions;

  /**
   * How CodeDeploy moves requests to a new version of the handler.
   *
   * @default - with "per-release" in an environment of type prod 10 % for 5 minutes, then the rest; otherwise all at
   * once
   * @decides names
   */
  readonly shift?: ApiShiftOptions;

  /**
   * Seconds for which the version before, and with "per-release" its endpoint, stays after all requests have moved; an
   * alarm returns to it within seconds.
   *
   * @asType integer
   * @minimum 0
   * @maximum 3600
   * @default - 600 for environments of type prod, otherwise 0
   */
  readonly bakeSeconds?: number;

  /**
   * Alarms that return the API to the version before.
   *
   * @default {}
   */
  readonly alarms?: ApiAlarmOptions;

  /**
   * Seconds within which a request must be answered. An HTTP API waits for at most 30, a REST API for 29 unless the
   * account's quota was raised, SageMaker for 60. With a REST API the handler answers a second earlier.
   *
   * @asType integer
   * @minimum 1
   * @maximum 60
   * @default 29
   */
  readonly timeoutSeconds?: number;

  /**
   * Largest request, in KB of 1,024 bytes; larger ones are answered with 413. Lambda takes events of 6 MB, in which a
   * binary body grows by a third, and a text by a byte for each quotation mark, backslash and line break, and by five
   * for each other control character: JSON full of quotation marks may not fit from about 3,000 on, and API Gateway
   * refuses it.
   *
   * @asType integer
   * @minimum 1
   * @maximum 4096
   * @default 1024
   */
  readonly maxPayloadKilobytes?: number;

  /**
   * Memory of the handler in MB; compute grows with it.
   *
   * @asType integer
   * @minimum 128
   * @maximum 10240
   * @default 512
   */
  readonly memorySizeInMB?: number;

  /**
   * Requests that the handler answers at the same time at most, taken from the account's concurrency. What is above
   * never reaches the handler: API Gateway answers it with a status of 500 or above, not 429, and no alarm of a version
   * counts it.
   *
   * @asType integer
   * @minimum 1
   * @maximum 10000
   * @default - not limited
   */
  readonly reservedConcurrency?: number;

  /**
   * Keeps each request and its prediction in S3, for monitoring.
   *
   * @default - nothing is kept
   * @decides names
   */
  readonly predictionLog?: ApiPredictionLogOptions;

  /**
   * ARN of a version of the AWS Distro for OpenTelemetry layer for Python, in the environment's region; the handler
   * then sends traces.
   *
   * @pattern ^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+$
   * @allowed the ARN of a version of a layer (arn:aws:lambda:<region>:<account>:layer:<name>:<version>)
   * @default - no traces; a caller's `traceparent` is in the log all the same
   * @examples ["arn:aws:lambda:eu-west-1:615299751070:layer:AWSOpenTelemetryDistroPython:20"]
   */
  readonly tracingLayerArn?: string;
}
