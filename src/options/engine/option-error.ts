import { ToldError } from '../../told-error';

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
  /** For an unknown option name: the path of the nearest option. */
  readonly meant?: string;
}

/** Thrown before anything is written when options are wrong; it lists every problem that was found. */
export class OptionError extends ToldError {
  /** Everything that is wrong, in the order of the options. */
  public readonly problems!: OptionProblem[];

  public constructor(problems: OptionProblem[]) {
    super('OptionError', formatProblems(problems));
    Object.defineProperty(this, 'problems', { value: problems, enumerable: false });
  }
}

/** Stands for a missing value; a string of this word has quotes around it. */
const NOTHING = 'nothing';

/**
 * A value as it appears in a message: JSON on one line, cut after 80 characters because it may hold more than a log
 * should.
 */
export function showValue(value: unknown): string {
  const text = asText(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function asText(value: unknown): string {
  switch (typeof value) {
    case 'undefined': return NOTHING;
    case 'function': return 'a function';
    case 'number': case 'bigint': case 'symbol': return String(value).replace(/\s+/g, ' ');
    default:
  }
  try {
    return JSON.stringify(value) ?? 'a value that is not JSON';
  } catch {
    // An object that holds itself, a project for example.
    return 'an object that cannot be displayed';
  }
}

/** A missing value is not a wrong one. */
function complaint(value: string): string {
  return value === NOTHING ? 'a value is required' : `${value} is not valid`;
}

function formatProblems(problems: OptionProblem[]): string {
  const lines = problems.map(p => `option ${p.path}: ${complaint(p.value)}; allowed: ${p.allowed}. ${p.fix}`);
  if (lines.length === 1) { return lines[0]; }
  return `${lines.length} options are invalid:\n${lines.map(line => `  - ${line}`).join('\n')}`;
}
