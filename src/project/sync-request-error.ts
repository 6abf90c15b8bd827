import { MessageError } from '../message-error';

/**
 * Thrown when what was asked of the synced files cannot be done; nothing has been changed.
 *
 * @internal
 */
export class SyncRequestError extends MessageError {
  public constructor(message: string) {
    super('SyncRequestError', message);
  }
}
