import type { ColumnName, InstanceType } from './limits';

/** Where the rows come from that a monitor reads. */
export enum MonitoringSource {
  /** Predictions that the API in front of the endpoint keeps. */
  API = 'api',
  /** Requests and answers that SageMaker captures at the endpoint. */
  CAPTURE = 'capture',
  /** What the kind "batch" has scored. */
  BATCH = 'batch',
}

/** How often a monitor runs, and how many rows a run looks at: those of the hour, day or week before. */
export enum MonitorSchedule {
  /** Each hour. */
  HOURLY = 'hourly',
  /** Each day. */
  DAILY = 'daily',
  /** Each Monday. */
  WEEKLY = 'weekly',
}

/** What a monitor can find that starts a retraining. */
export enum RetrainingReason {
  /** Features are distributed otherwise than in training. */
  DRIFT = 'drift',
  /** Answers are worse than in the evaluation. */
  QUALITY = 'quality',
  /** Groups of people or things are treated less alike than in training. */
  BIAS = 'bias',
  /** Features matter otherwise to the answers than in training. */
  ATTRIBUTION = 'attribution',
}

/**
 * @minimum 0
 * @maximum 1
 */
type Distance = number;

/** When a monitor runs, and with how much. */
export interface MonitorOptions {
  /**
   * How often it runs. Rows of the hour, day or week (UTC) before are looked at.
   *
   * @default "daily"
   */
  readonly schedule?: MonitorSchedule;

  /**
   * Rows that a run looks at at most; of more it takes a random sample, and the report says so.
   *
   * @asType integer
   * @minimum 1000
   * @maximum 10000000
   * @default 1000000
   */
  readonly maxRows?: number;

  /**
   * Minutes after which a run is stopped, and told as failed.
   *
   * @asType integer
   * @minimum 5
   * @maximum 1440
   * @default 60
   */
  readonly timeoutMinutes?: number;

  /**
   * Instance type of the processing job.
   *
   * @default "ml.m5.large"
   */
  readonly instanceType?: InstanceType;
}

/** Whether what the model is asked looks like what it was trained on. */
export interface DataQualityMonitorOptions extends MonitorOptions {
  /**
   * Distance from the training rows above which a feature has drifted, by column: Kolmogorov-Smirnov for numbers,
   * Jensen-Shannon for texts, both from 0 to 1.
   *
   * @maxProperties 200
   * @examples [{ "total_amount": 0.2 }]
   * @default - that of the baseline, 0.1
   */
  readonly thresholds?: { [column: string]: Distance };

  /**
   * Columns that are not compared.
   *
   * @maxItems 200
   * @uniqueItems
   * @default []
   */
  readonly ignoreColumns?: ColumnName[];
}

/** Whether answers are still as good as in the evaluation. It needs ground truth. */
export interface ModelQualityMonitorOptions extends MonitorOptions {
  /**
   * Values that a metric must reach, in addition to the comparison with the evaluation; for errors such as `rmse` what
   * they must not exceed.
   *
   * @maxProperties 20
   * @examples [{ "f1": 0.8 }]
   * @default - none
   */
  readonly thresholds?: { [metric: string]: number };
}

/** A column whose groups the model is to treat alike. */
export interface MonitoredFacet {
  /** The column, a feature of the model that is not in `omitColumns`. */
  readonly column: ColumnName;

  /**
   * Values of the group that is compared with all others.
   *
   * @minItems 1
   * @maxItems 50
   * @uniqueItems
   * @examples [["f"]]
   */
  readonly values: string[];
}

/** Whether groups are treated as they were in training. */
export interface BiasMonitorOptions extends MonitorOptions {
  /**
   * The groups.
   *
   * @minItems 1
   * @maxItems 20
   */
  readonly facets: MonitoredFacet[];

  /**
   * Labels that are good for whom they are about.
   *
   * @minItems 1
   * @maxItems 50
   * @uniqueItems
   * @examples [["yes"]]
   */
  readonly positiveLabels: string[];
}

/** Whether the features that matter to the answers are those that mattered in training. It asks the endpoint. */
export interface AttributionMonitorOptions extends MonitorOptions {
  /**
   * Agreement of the order of features with that of training (nDCG) below which it is a violation.
   *
   * @minimum 0
   * @maximum 1
   * @default 0.9
   */
  readonly minimumNdcg?: number;
}

/**
 * What really happened, for rows that were predicted: files below `truth/` in the environment's monitoring bucket.
 */
export interface GroundTruthOptions {
  /**
   * Column that says which prediction a label is for, of the predictions' `id`, where callers do not keep the inference
   * ID of an answer. It must not be in `omitColumns`.
   *
   * @default - the inference ID
   */
  readonly idColumn?: ColumnName;

  /**
   * Hours after the prediction within which labels come. Monitors that need them look at a window that ended so long
   * ago; what comes later is in the table all the same.
   *
   * @asType integer
   * @minimum 0
   * @maximum 8760
   * @default 24
   */
  readonly waitHours?: number;
}

/**
 * Schedules that compare what a model is asked and answers in an environment with the baseline that was registered with
 * its version.
 */
export interface MonitoringOptions {
  /**
   * Where rows come from.
   *
   * @default - "batch" for the kind "batch"; "api" where the API keeps predictions; "capture" where data is captured
   */
  readonly source?: MonitoringSource;

  /**
   * Columns that must not be stored in the table of predictions. They are not compared either. With source "api" those
   * of `api.predictionLog.omitColumns` are added: they are in no record.
   *
   * @maxItems 200
   * @uniqueItems
   * @default []
   */
  readonly omitColumns?: ColumnName[];

  /**
   * Days for which the table keeps predictions, ground truth and results; S3 takes a day or two more.
   *
   * @asType integer
   * @minimum 8
   * @maximum 3650
   * @default 90
   */
  readonly retentionDays?: number;

  /**
   * Labels that come later.
   *
   * @default - none: quality cannot be monitored
   * @examples [{ "idColumn": "customer_id", "waitHours": 72 }]
   */
  readonly groundTruth?: GroundTruthOptions;

  /**
   * Completeness, types, ranges, categories and drift of the features.
   *
   * @default {}
   */
  readonly dataQuality?: DataQualityMonitorOptions;

  /**
   * Metrics of the answers.
   *
   * @default - not monitored
   * @decides names
   */
  readonly modelQuality?: ModelQualityMonitorOptions;

  /**
   * Bias between groups.
   *
   * @default - not monitored
   * @decides names
   * @examples [{ "facets": [{ "column": "sex", "values": ["f"] }], "positiveLabels": ["yes"] }]
   */
  readonly bias?: BiasMonitorOptions;

  /**
   * Which features matter to the answers. It goes with source "api": captured rows would have its own requests.
   *
   * @default - not monitored
   * @decides names
   */
  readonly attribution?: AttributionMonitorOptions;

  /**
   * What starts a retraining of the group, within the limits of its retraining option. Broken data never does.
   *
   * @uniqueItems
   * @default []
   */
  readonly retrainOn?: RetrainingReason[];
}
