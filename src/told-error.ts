/** An error whose message tells its reader everything; the stack would only show this package's own frames. */
export class ToldError extends Error {
  public constructor(name: string, message: string) {
    super(message);
    // Not enumerable: Node.js prints the enumerable fields of an uncaught error below its message, which says it all
    // already.
    Object.defineProperty(this, 'name', { value: name, enumerable: false });
    this.stack = `${name}: ${message}`;
  }
}
