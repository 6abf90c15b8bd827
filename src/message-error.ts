/**
 * An error whose message says it all to the person whom it is for: the stack would only show this package's own frames.
 *
 * Its name is not enumerable: Node.js prints the enumerable fields of an uncaught error below its message.
 */
export abstract class MessageError extends Error {
  public constructor(name: string, message: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: name, enumerable: false });
    this.stack = `${name}: ${message}`;
  }
}
