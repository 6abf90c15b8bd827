/** One thing that is wrong with an option: which, what it was, what is allowed and what to do. */
export interface OptionProblem {
  /** Where the option is, for example `deploymentGroups[0].buildEnvironment.type`. */
  readonly path: string;
  /** What was given, as text. */
  readonly value: string;
  /** What is allowed, in words. */
  readonly allowed: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Thrown before anything is written when options are wrong; it lists every problem that was found. */
export class OptionError extends Error {
  /** Everything that is wrong, in the order of the options. */
  public readonly problems!: OptionProblem[];

  public constructor(problems: OptionProblem[]) {
    super(formatProblems(problems));
    // Not enumerable: Node.js prints the enumerable fields of an uncaught error below its message, which says it all already.
    Object.defineProperty(this, 'name', { value: 'OptionError', enumerable: false });
    Object.defineProperty(this, 'problems', { value: problems, enumerable: false });
    // The message is for the author of the options; the stack would only show this package's own frames.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** A value as it appears in a message: JSON, cut after 80 characters. */
export function showValue(value: unknown): string {
  if (value === undefined) { return 'nothing'; }
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function formatProblems(problems: OptionProblem[]): string {
  const lines = problems.map(p => `option ${p.path}: ${p.value} is not valid; allowed: ${p.allowed}. ${p.fix}`);
  if (lines.length === 1) { return lines[0]; }
  return `${lines.length} options are not valid:\n${lines.map(line => `  - ${line}`).join('\n')}`;
}
