import type { ColumnName, InstanceType } from './limits';
import type { TuningOptions } from './tuning';

/**
 * @minLength 1
 * @maxLength 256
 */
type MissingToken = string;

/**
 * @minLength 1
 * @maxLength 2500
 */
type HyperparameterText = string;

/** How the model is trained: data, instances, hyperparameters and how a finished model is registered. */
export interface TrainingOptions {
  /**
   * The data to train on: a file or a directory of files, as a path in the repository or an `s3://` URL.
   *
   * CSV with one header row, Parquet or JSON Lines: `.csv`, `.csv.gz`, `.parquet`, `.jsonl`, `.jsonl.gz`. Hidden files
   * are ignored. This is the default of the pipeline parameter `InputDataUrl`, which each run can override.
   *
   * @pattern ^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?|(?!/|[A-Za-z][A-Za-z0-9+.-]*:|.*(^|/)\.\.(/|$)).+)$
   * @allowed a path inside the repository or an s3:// URL
   * @fix Put the file in data/ and give its path, for example data/customers.csv, or give s3://bucket/prefix.
   * @examples ["data/customers.csv", "s3://acme-data/customers/"]
   * @default - the sample data set in `data/sample/`
   */
  readonly inputDataUrl?: string;
  /**
   * Name of the column to predict.
   * @fix Give the name of the column to predict.
   * @default "target"
   */
  readonly targetColumn?: ColumnName;
  /**
   * Columns that are not used as features. Requests may contain them; they are ignored.
   * @uniqueItems
   * @fix Give a list of column names, for example ["row_id"].
   * @default - only row numbers, identifiers, constant columns and copies of other columns
   */
  readonly dropColumns?: ColumnName[];
  /**
   * Columns that identify a row: kept beside predictions, never features.
   * @uniqueItems
   * @fix Give a list of column names, for example ["row_id"].
   * @default - none
   */
  readonly idColumns?: ColumnName[];
  /**
   * Columns of dates and times (ISO 8601), expanded into features such as month and weekday.
   * @uniqueItems
   * @fix Give a list of column names, for example ["row_id"].
   * @default - columns that contain only dates
   */
  readonly dateColumns?: ColumnName[];
  /**
   * Strings that mean "missing", in every column; an empty cell is always missing.
   * @uniqueItems
   * @fix Give a list of strings, for example ["NA", "?"]; an empty cell is always missing.
   * @examples [["NA", "?"]]
   * @default - the usual ones, such as NA, N/A, NaN and null
   */
  readonly missingTokens?: MissingToken[];
  /**
   * The character between the cells of a CSV file. Requests always use commas.
   * @pattern ^[\t !#-&(-,/:-@\[-`{-~]$
   * @allowed one character such as ";" or a tab, but not a letter, digit, quote, full stop or hyphen
   * @fix Give the character between the cells; a tab is "\t".
   * @examples [";"]
   * @default ","
   */
  readonly separator?: string;
  /**
   * Encoding of the files.
   * @values ["utf-8", "latin-1", "cp1252", "utf-16"]
   * @fix Give the encoding of the files, or convert them to utf-8.
   * @default "utf-8"
   */
  readonly encoding?: string;
  /**
   * Column with the weight of each row in training and evaluation; it is not a feature, and requests do not contain it.
   * @fix Give the name of the column with the weights.
   * @default - all rows have the same weight
   */
  readonly sampleWeightColumn?: ColumnName;
  /**
   * Column whose equal values stay together when the data is split.
   * @fix Give the name of the column with the groups.
   * @default - rows are split individually; identical rows stay together
   */
  readonly groupColumn?: ColumnName;
  /**
   * Column of dates, times or numbers by which the data is split: the latest rows are the test set, those before them
   * the validation set.
   * @fix Give the name of the column with the times.
   * @default - the split is random
   */
  readonly timeColumn?: ColumnName;
  /**
   * Fraction of the rows used for early stopping.
   * @exclusiveMinimum 0
   * @exclusiveMaximum 0.5
   * @fix Give a fraction of the rows, for example 0.15.
   * @default 0.15
   */
  readonly validationFraction?: number;
  /**
   * Fraction of the rows held out for the quality gate.
   * @exclusiveMinimum 0
   * @exclusiveMaximum 0.5
   * @fix Give a fraction of the rows, for example 0.15.
   * @default 0.15
   */
  readonly testFraction?: number;
  /**
   * Seed of the split and of the training.
   * @asType integer
   * @minimum 0
   * @maximum 2147483647
   * @fix Give a whole number.
   * @default 42
   */
  readonly seed?: number;
  /**
   * SageMaker instance type of the preprocessing and evaluation jobs.
   * @default "ml.m5.large"
   */
  readonly processingInstanceType?: InstanceType;
  /**
   * Number of instances of the preprocessing job.
   * @asType integer
   * @minimum 1
   * @maximum 100
   * @fix Give the number of instances.
   * @default 1
   */
  readonly processingInstanceCount?: number;
  /**
   * SageMaker instance type of the training job.
   * @default "ml.m5.xlarge"
   */
  readonly instanceType?: InstanceType;
  /**
   * Number of instances of the training job; scikit-learn trains on one.
   * @asType integer
   * @minimum 1
   * @maximum 100
   * @fix Give the number of instances.
   * @default 1
   */
  readonly instanceCount?: number;
  /**
   * Encrypt the traffic between the instances of processing and training jobs; jobs may take longer.
   *
   * With a `network`, its security groups must allow UDP port 500 and protocol 50 (ESP) between the instances, in both
   * directions (SageMaker guide, "Protect Communications Between ML Compute Instances in a Distributed Training Job").
   * @default false
   */
  readonly encryptInterContainerTraffic?: boolean;
  /**
   * Hyperparameters, by the names that `model/train.py` accepts; each becomes a pipeline parameter of the same name.
   *
   * They override our defaults for the framework and the problem type; what neither sets keeps the framework's own.
   * Those that the generated script knows (`docs/hyperparameters.md`) must have values that the framework accepts;
   * others are your own. Lists and objects are given as JSON in a text. At most 100, with values of at most 2,500
   * characters (SageMaker API reference, CreateTrainingJob).
   *
   * @maxProperties 100
   * @propertyNames {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,255}$",
   * "x-allowed": "letters, digits and underscores, beginning with a letter, at most 256 characters",
   * "x-fix": "model/train.py reads hyperparameters as --name value; write max_depth, not max-depth."}
   * @fix Give names and values, for example { max_depth: 6 }.
   * @examples [{ "max_depth": 6 }]
   * @default - the framework's defaults, which are in `config/parameters.json`
   */
  readonly hyperparameters?: { [name: string]: number | HyperparameterText };
  /**
   * Hyperparameter tuning: train several models and go on with the best one.
   * @default - none: one model is trained, with `hyperparameters`
   */
  readonly tuning?: TuningOptions;
  /**
   * Train on spot instances, up to 90 % cheaper; the job may be interrupted and restarted.
   * @default false
   */
  readonly useSpotInstances?: boolean;
  /**
   * Maximum time that training may run, in seconds; SageMaker's limit is 28 days (API reference, StoppingCondition).
   * @asType integer
   * @minimum 1
   * @maximum 2419200
   * @fix Give the time in seconds.
   * @default 3600
   */
  readonly maxRunSeconds?: number;
  /**
   * Maximum time for waiting and training on spot instances, in seconds; at least `maxRunSeconds`. Only with
   * `useSpotInstances`.
   * @asType integer
   * @minimum 1
   * @maximum 2419200
   * @fix Give the time in seconds.
   * @default - 7200, or maxRunSeconds when that is more
   */
  readonly maxWaitSeconds?: number;
  /**
   * Reuse the result of a step whose inputs have not changed for this long: an ISO 8601 duration in days or hours, or
   * `never`.
   * @pattern ^(never|P[1-9][0-9]{0,3}D|PT[1-9][0-9]{0,4}H)$
   * @allowed an ISO 8601 duration in days or hours such as P30D or PT12H, or never
   * @fix Use never to turn off step caching.
   * @examples ["PT12H", "never"]
   * @default "P30D"
   */
  readonly cacheExpireAfter?: string;
  /**
   * Approval status of a new model package.
   * @values ["PendingManualApproval", "Approved", "Rejected"]
   * @fix Use PendingManualApproval, except in test environments that approve every model.
   * @default "PendingManualApproval"
   */
  readonly approvalStatus?: string;
  /**
   * Golden rows: requests that are registered with a version, together with the model's answers. Every deployment must
   * answer them the same.
   *
   * `evaluation` takes rows of the test set; `synthetic` makes rows up, for data that must not be kept beside the
   * model; `none` is for models that do not give the same answer twice.
   *
   * @values ["evaluation", "synthetic", "none"]
   * @default "evaluation"
   */
  readonly goldenRows?: string;
}
