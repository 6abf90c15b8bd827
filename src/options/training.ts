/** How the model is trained: data, instances, hyperparameters and how a finished model is registered. */
export interface TrainingOptions {
  /**
   * The data to train on: a CSV file or a directory of CSV files with one header row, as a path in the repository or an
   * `s3://` address.
   *
   * It is the default of the pipeline parameter `InputDataUrl`, which can be set for each run.
   *
   * @default - the sample data set in `data/sample/`
   */
  readonly inputDataUrl?: string;
  /**
   * Name of the CSV column to predict.
   * @default "target"
   */
  readonly targetColumn?: string;
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
