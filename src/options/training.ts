/** How the model is trained: data, instances, hyperparameters and how a finished model is registered. */
export interface TrainingOptions {
  /**
   * The data to train on: a file or a directory of files, as a path in the repository or an `s3://` address.
   *
   * CSV with one header row, Parquet or JSON Lines: `.csv`, `.csv.gz`, `.parquet`, `.jsonl`, `.jsonl.gz`. Hidden files
   * are left out. It is the default of the pipeline parameter `InputDataUrl`, which can be set for each run.
   *
   * @default - the sample data set in `data/sample/`
   */
  readonly inputDataUrl?: string;
  /**
   * Name of the column to predict.
   * @default "target"
   */
  readonly targetColumn?: string;
  /**
   * Columns that are no features. Requests may have them; they are ignored there.
   * @default - none but those that tell nothing, see the README
   */
  readonly dropColumns?: string[];
  /**
   * Columns that identify a row: kept beside predictions, never features.
   * @default - none
   */
  readonly idColumns?: string[];
  /**
   * Columns of dates and times (ISO 8601), expanded into features such as month and weekday.
   * @default - those that hold nothing but dates
   */
  readonly dateColumns?: string[];
  /**
   * Texts that stand for a missing value, in every column; an empty cell always does.
   * @default - the usual ones, such as NA, N/A, NaN and null
   */
  readonly missingTokens?: string[];
  /**
   * The character between the cells of a CSV file, for example ";" or a tab; no letter, digit, quote, full stop or
   * hyphen. Requests are separated by commas all the same.
   * @default ","
   */
  readonly separator?: string;
  /**
   * Encoding of the files: utf-8, latin-1, cp1252 or utf-16.
   * @default "utf-8"
   */
  readonly encoding?: string;
  /**
   * Column that says how much a row counts in training and evaluation; no feature, and not in requests.
   * @default - every row counts the same
   */
  readonly sampleWeightColumn?: string;
  /**
   * Column whose equal values stay in one set when the data is split.
   * @default - rows are split one by one, equal rows together
   */
  readonly groupColumn?: string;
  /**
   * Column of dates, times or numbers by which the data is split: the latest rows are the test set, those before them
   * the validation set.
   * @default - the split is random
   */
  readonly timeColumn?: string;
  /**
   * Share of the rows used for early stopping; above 0 and below 0.5.
   * @default 0.15
   */
  readonly validationFraction?: number;
  /**
   * Share of the rows held out for the quality gate; above 0 and below 0.5.
   * @default 0.15
   */
  readonly testFraction?: number;
  /**
   * Seed of the split and of the training; a whole number from 0 to 2147483647.
   * @default 42
   */
  readonly seed?: number;
  /**
   * SageMaker instance type of the preprocessing and evaluation jobs.
   * @default "ml.m5.large"
   */
  readonly processingInstanceType?: string;
  /**
   * Number of instances of the preprocessing job, 1 to 100.
   * @default 1
   */
  readonly processingInstanceCount?: number;
  /**
   * SageMaker instance type of the training job.
   * @default "ml.m5.xlarge"
   */
  readonly instanceType?: string;
  /**
   * Number of instances of the training job, 1 to 100; scikit-learn trains on one.
   * @default 1
   */
  readonly instanceCount?: number;
  /**
   * Hyperparameters by the names that `model/train.py` takes; each becomes a pipeline parameter of the same name.
   *
   * They are merged over the defaults of the framework and the problem type. At most 100; names of letters, digits and
   * underscores, texts of at most 2,500 characters.
   *
   * @default - the defaults of the framework, see the README
   */
  readonly hyperparameters?: { [name: string]: string | number };
  /**
   * Train on spot instances, for up to 90 % less; the job may be interrupted and started again.
   * @default false
   */
  readonly useSpotInstances?: boolean;
  /**
   * Longest time that training may run, in seconds (1 to 2,419,200; SageMaker's limit of 28 days).
   * @default 3600
   */
  readonly maxRunSeconds?: number;
  /**
   * Longest time to wait for spot instances and train on them, in seconds; at least `maxRunSeconds`. Only with
   * `useSpotInstances`.
   * @default - 7200, or maxRunSeconds when that is more
   */
  readonly maxWaitSeconds?: number;
  /**
   * Reuse the result of a step whose inputs have not changed for this long: an ISO 8601 duration in days or hours, or
   * `never`.
   * @default "P30D"
   */
  readonly cacheExpireAfter?: string;
  /**
   * Approval status that a new model package gets: PendingManualApproval, Approved or Rejected.
   * @default "PendingManualApproval"
   */
  readonly approvalStatus?: string;
}
