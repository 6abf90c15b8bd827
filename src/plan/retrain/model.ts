import type { RetrainingReason } from '../../options/monitoring';
import type { RetrainingOptions } from '../../options/retraining';
import type { Filled } from '../../options/schemas/filled';
import type { Place } from '../place';

/** When a group's model is trained again, with every default. */
export type RetrainingSettings = Filled<'RetrainingOptions', RetrainingOptions>;

/** The source of events that tell of retrainings (`tools/retrain/retrain.py`). */
export const RETRAINING_SOURCE = 'sagemaker-cicd.retraining';
/** A build was started. */
export const RETRAINING_STARTED = 'Retraining Started';
/** Something asked for a retraining, and none was started. */
export const RETRAINING_HELD = 'Retraining Held Back';

/** The build pipeline's variable: why a model is trained again. */
export const REASON_VARIABLE = 'RetrainingReason';
/** Its default, because a variable cannot be empty: a commit is the reason. */
export const NO_REASON = 'none';

/** What trains a group's model again, in the tooling account, by its names. */
export interface NamedRetraining {
  readonly place: Place;
  readonly settings: RetrainingSettings;
  /** The function that decides whether a build starts. */
  readonly function: string;
  /** Environments whose monitors ask for one, and for which reasons. */
  readonly environments: readonly AskingEnvironment[];
  /** Rule for what they find; only where there are any. */
  readonly monitorRule?: string;
  /** Where new data comes; only if it asks for one. */
  readonly newData?: AskingData;
  /** Rule that asks in any case, on a schedule. */
  readonly scheduleRule?: string;
  /** Alarm on what waits too long. */
  readonly waiting: string;
}

/** An environment whose monitors ask for a retraining. */
export interface AskingEnvironment {
  readonly name: string;
  readonly place: Place;
  readonly reasons: readonly RetrainingReason[];
}

/** A bucket of the build account whose new objects ask for one. */
export interface AskingData {
  readonly place: Place;
  readonly bucket: string;
  /** What the keys begin with. */
  readonly prefix: string;
  /** Rule in the build account that forwards their events. */
  readonly forwardRule: string;
  /** Rule on the delivery's bus. */
  readonly rule: string;
}
