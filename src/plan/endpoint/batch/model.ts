import type { BatchSettings } from './transform';
import type { PlannedRole } from '../../roles/role-model';

/** What scores data in batches in an environment, by its names. */
export interface NamedBatch {
  readonly settings: BatchSettings;
  /** The SageMaker pipeline. */
  readonly pipelineName: string;
  /** Data of the environment's own: input, predictions and what smoke tests score. */
  readonly bucket: string;
  readonly schedule: string;
  /** Rule that starts the pipeline for each object. */
  readonly arrivalRule: string;
  /** Rule that forwards failures to the delivery's bus in the tooling account. */
  readonly failureRule: string;
  /** Queue of starts that could not be made and events that could not be forwarded, and the alarm on it. */
  readonly undelivered: string;
}

/** The roles around an environment's score pipeline. */
export interface BatchRoles {
  /** The pipeline's own: starts transform jobs. */
  readonly score?: PlannedRole;
  /** EventBridge Scheduler's, starts the pipeline; only with a schedule. */
  readonly schedule?: PlannedRole;
  /** EventBridge's, starts the pipeline for objects that arrive; only where it does. */
  readonly arrival?: PlannedRole;
  /** EventBridge's, forwards failures to the bus in the tooling account. */
  readonly forwarder?: PlannedRole;
}

/** Objects in a bucket. */
export interface DataPlace {
  readonly bucket: string;
  /** An object's key, or what the keys begin with. */
  readonly key: string;
}

/** Where the data to score is. */
export function inputOf({ settings: { inputUri }, bucket }: NamedBatch): DataPlace {
  return inputUri === undefined ? { bucket, key: 'input/' } : placeIn(inputUri);
}

/** Where predictions go, without a slash at the end. */
export function outputOf({ settings: { outputUri }, bucket }: NamedBatch): DataPlace {
  const { key, ...place } = outputUri === undefined ? { bucket, key: 'output' } : placeIn(outputUri);
  return { ...place, key: key.replace(/\/+$/, '') };
}

/** Bucket and key of an address. */
export function placeIn(uri: string): DataPlace {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri)!;
  return { bucket, key };
}

/** The address of a place. */
export function uriOf({ bucket, key }: DataPlace): string {
  return `s3://${bucket}/${key}`;
}
