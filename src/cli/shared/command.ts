/** One command of the command line: takes its arguments, returns the exit code. */
export type Command = (args: readonly string[]) => number | Promise<number>;

/** Something that the person at the command line must do or change: shown without a stack trace. */
export class UserError extends Error {
  public override readonly name = 'UserError';
}
