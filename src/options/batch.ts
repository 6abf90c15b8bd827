import type { KmsKeyArn, MediaType } from './limits';

/** How records are sent to the model. */
export enum BatchStrategy {
  /** As many records in a request as its payload takes. */
  MULTI_RECORD = 'multi-record',
  /** Each record in a request of its own. */
  SINGLE_RECORD = 'single-record',
}

/** What a record of an input file is. */
export enum BatchSplit {
  /** Each line. */
  LINE = 'line',
  /** The whole file. */
  NONE = 'none',
}

/**
 * @pattern ^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^\s*?#\\${}]+$
 * @maxLength 900
 * @allowed an address s3://bucket/prefix
 * @examples ["s3://our-data/customers/"]
 */
type S3Prefix = string;

/**
 * @pattern ^\$[^\s]*$
 * @maxLength 63
 * @allowed a JSONPath of at most 63 characters that begins with "$"; columns of CSV by number, such as "$[1:]"
 * @examples ["$[1:]"]
 */
type BatchFilter = string;

/** What is sent to the model for each record, and what is written for it. */
export interface BatchTransformOptions {
  /**
   * Media type of the data.
   *
   * @default "text/csv"
   */
  readonly contentType?: MediaType;

  /**
   * Media type of the predictions.
   *
   * @default - that of the data
   */
  readonly accept?: MediaType;

  /**
   * What a record of an input file is.
   *
   * @default "line"
   */
  readonly split?: BatchSplit;

  /**
   * How records are sent to the model.
   *
   * @default - "multi-record"; "single-record" for JSON, of which a request holds one document
   */
  readonly strategy?: BatchStrategy;

  /**
   * Largest request, in megabytes.
   *
   * @asType integer
   * @minimum 1
   * @maximum 100
   * @default 6
   */
  readonly maxPayloadMegabytes?: number;

  /**
   * Requests that each instance answers at the same time.
   *
   * @asType integer
   * @minimum 1
   * @maximum 100
   * @default 1
   */
  readonly maxConcurrentRequests?: number;

  /**
   * Longest time that an answer may take, in seconds.
   *
   * @asType integer
   * @minimum 1
   * @maximum 3600
   * @default 600
   */
  readonly timeoutSeconds?: number;

  /**
   * How often a request is tried again after it failed.
   *
   * @asType integer
   * @minimum 0
   * @maximum 3
   * @default 3
   */
  readonly maxRetries?: number;

  /**
   * What of a record is sent to the model. Batches that are monitored have no filter.
   *
   * @default - the whole record
   */
  readonly inputFilter?: BatchFilter;

  /**
   * What of a prediction, or of a record that was joined with it, is written. Batches that are monitored have no
   * filter.
   *
   * @default - everything
   */
  readonly outputFilter?: BatchFilter;

  /**
   * Whether each record is written in front of its prediction, so that identifiers stay beside what was predicted for
   * them.
   *
   * @default - true for CSV, JSON and JSON Lines
   */
  readonly joinInput?: boolean;
}

/**
 * How data is scored in batches: where it is, when it is scored, and what is sent to the model and written for each
 * record.
 */
export interface BatchOptions extends BatchTransformOptions {
  /**
   * Where the data to score is: one object, or everything below a prefix.
   *
   * The model's role may read what is there, and nothing else of the bucket. In a bucket of another account, its policy
   * must allow that too.
   *
   * @default - `input/` in a bucket that is made in each environment
   */
  readonly inputUri?: S3Prefix;

  /**
   * ARN of the KMS key that encrypts the data at `inputUri`, in the environments' region.
   *
   * @default - none; data in the environment's own bucket needs none
   */
  readonly inputKeyArn?: KmsKeyArn;

  /**
   * Where predictions are written: each execution below a prefix with its ID.
   *
   * They are encrypted with the environment's key.
   *
   * @default - `output/` in a bucket that is made in each environment
   */
  readonly outputUri?: S3Prefix;

  /**
   * Days after which predictions in the environment's own bucket are removed; S3 takes a day or two more.
   *
   * @asType integer
   * @minimum 1
   * @maximum 3650
   * @default 90
   */
  readonly outputRetentionDays?: number;

  /**
   * When everything at `inputUri` is scored: `rate(...)` or `cron(...)` as EventBridge Scheduler reads it.
   *
   * @pattern ^(rate\([1-9][0-9]{0,4} (minute|hour|day)s?\)|cron\([^\s()]+( [^\s()]+){5}\))$
   * @maxLength 256
   * @allowed "rate(1 day)" or "cron(0 6 * * ? *)", with six fields
   * @examples ["cron(0 6 ? * MON-FRI *)"]
   * @default - no schedule
   */
  readonly schedule?: string;

  /**
   * Time zone of the schedule.
   *
   * @pattern ^[A-Za-z][A-Za-z0-9_+/-]{0,49}$
   * @allowed the name of a time zone, such as "Europe/Berlin"
   * @examples ["Europe/Berlin"]
   * @default "UTC"
   */
  readonly timeZone?: string;

  /**
   * Whether each object that arrives at `inputUri` is scored by itself.
   *
   * A bucket of your own must be in the environment's region and send its events to EventBridge.
   *
   * @default false
   */
  readonly onArrival?: boolean;
}
