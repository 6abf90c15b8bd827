import { ToldError } from '../../told-error';

/** What a synth is asked to do with the synced files instead of, or before, bringing them up to date. */
export interface SyncRequest {
  /** Print ownership and state of each file and write nothing. */
  readonly status: boolean;
  /** Files to take from the project again. */
  readonly restore: readonly string[];
}

/** The environment variables that carry a request from a task through the rc file, in whichever language it is. */
export const SYNC_VARIABLE = 'SAGEMAKER_CICD_SYNC';
export const PATHS_VARIABLE = 'SAGEMAKER_CICD_SYNC_PATHS';

/** Reads the request from the environment. */
export function syncRequest(env: NodeJS.ProcessEnv = process.env): SyncRequest {
  const word = env[SYNC_VARIABLE];
  if (word !== undefined && word !== '' && word !== 'status' && word !== 'restore') {
    throw new SyncRequestError(
      `The environment variable ${SYNC_VARIABLE} is "${word}"; allowed: status, restore. Nothing was changed.`,
    );
  }
  return {
    status: word === 'status', restore: word === 'restore' ? JSON.parse(env[PATHS_VARIABLE]
    ?? '[]') as string[] : [],
  };
}

/**
 * Thrown when what was asked of the synced files cannot be done; nothing has been changed.
 *
 * @internal
 */
export class SyncRequestError extends ToldError {
  public constructor(message: string) {
    super('SyncRequestError', message);
  }
}
