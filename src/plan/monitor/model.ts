import type { MonitorKind, MonitoringSettings } from './settings';
import type { PlannedRole } from '../roles/role-model';

/** Folders of an environment's monitoring bucket. */
export const MONITORING_FOLDERS = {
  /** The table of predictions: Parquet, by the hour in which they came (UTC). */
  predictions: 'predictions/',
  /** Ground truth as it comes: JSON Lines or CSV, of anybody. */
  truth: 'truth/',
  /** The table of labels that is made from it. */
  labels: 'labels/',
  /** Statistics, violations, reports and the word of each run, by monitor and window. */
  results: 'results/',
  /** Results of queries. */
  queries: 'queries/',
} as const;

/** Baselines of the versions that are, or were, live, below this folder of the deployment bucket. */
export const BASELINES = 'baselines/';

/** The source of events that tell what a monitor found. */
export const MONITORING_SOURCE = 'sagemaker-cicd.monitoring';

/** What a run ends with (detail type of its event). */
export const MONITORING_EVENT = 'Monitor Run Completed';

/** The monitoring of an environment, by its names. */
export interface NamedMonitoring {
  readonly settings: MonitoringSettings;
  /** Predictions, labels and results. */
  readonly bucket: string;
  /** Glue database of the tables `predictions` and `labels`. */
  readonly database: string;
  readonly workgroup: string;
  /** Runs a processing job for each run of a monitor, and says what came of it. */
  readonly stateMachine: string;
  /** What names of processing jobs begin with; a hyphen and the execution's ID follow. */
  readonly jobs: string;
  /** Schedule of each monitor that is switched on, and of the hourly job that fills the tables. */
  readonly schedules: { readonly [K in MonitorKind]?: string } & { readonly compaction: string };
  /** Queue of runs that could not be started, and the alarm on it. */
  readonly undelivered: string;
  /** Rule that forwards the events of runs. */
  readonly forwardRule: string;
}

/** The roles around the monitoring of an environment. */
export interface MonitoringRoles {
  /** The processing job's: reads what was kept, and writes tables and results. */
  readonly monitorJob?: PlannedRole;
  /** The state machine's: starts processing jobs, and reads what they found. */
  readonly monitorMachine?: PlannedRole;
  /** EventBridge Scheduler's: starts the state machine. */
  readonly monitorSchedule?: PlannedRole;
}
