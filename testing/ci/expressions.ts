import * as vm from 'node:vm';

/** What expressions of a workflow read; texts that nobody has set are empty. */
export interface Contexts {
  /** Results of all jobs that are needed. */
  readonly results: readonly string[];
  readonly status: { readonly success: boolean; readonly failure: boolean; readonly cancelled: boolean };
  /** `github.event_name`, `inputs.request`, `needs.take.outputs.FOUND` and the like. */
  value(path: string): string;
}

type Calls = { readonly [name: string]: (...given: never[]) => unknown };
type Compiled = (value: (path: string) => unknown, call: Calls) => unknown;

const TOKEN = /'(?:[^']|'')*'|needs\.\*\.result|[A-Za-z_][\w.-]*|&&|\|\||==|!=|!|\(|\)|,|\s+/y;

const compiled = new Map<string, Compiled>();

/** The value of an expression, as far as the rendered workflows use the language; anything else is an error. */
export function evaluate(expression: string, { value, results, status }: Contexts): unknown {
  const run = compiled.get(expression) ?? compile(expression);
  compiled.set(expression, run);
  return run(value, {
    results: () => results, always: () => true, success: () => status.success, failure: () => status.failure,
    cancelled: () => status.cancelled, contains: (list: readonly string[], item: string) => list.includes(item),
  });
}

/** Whether an expression asks for the status itself; one that does not asks for success besides. */
export function asksForStatus(expression: string): boolean {
  return /\b(?:always|cancelled|failure|success)\(/.test(expression);
}

function compile(expression: string): Compiled {
  TOKEN.lastIndex = 0;
  let script = '';
  while (TOKEN.lastIndex < expression.length) {
    const from = TOKEN.lastIndex;
    const [token] = TOKEN.exec(expression) ?? [];
    if (token === undefined) { throw new Error(`Unknown at ${from} of the expression ${expression}`); }
    script += translated(token, expression[TOKEN.lastIndex] === '(');
  }
  return vm.runInThisContext(`(value, call) => (${script})`) as Compiled;
}

function translated(token: string, isCalled: boolean): string {
  if (token.startsWith("'")) { return JSON.stringify(token.slice(1, -1).replaceAll("''", "'")); }
  if (token === 'needs.*.result') { return 'call.results()'; }
  if (token === '==' || token === '!=') { return `${token}=`; }
  if (!/^[A-Za-z_]/.test(token)) { return token; }
  return isCalled ? `call.${token}` : `value(${JSON.stringify(token)})`;
}

/** A text with `${{ }}` in it. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => String(evaluate(expression, contexts)));
}
