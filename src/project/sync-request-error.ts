/**
 * Thrown when what was asked of the synced files cannot be done; nothing has been changed.
 *
 * @internal
 */
export class SyncRequestError extends Error {
  public constructor(message: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: 'SyncRequestError', enumerable: false });
    // For the person who asked; the stack would only show this package's own frames.
    this.stack = `${this.name}: ${this.message}`;
  }
}
