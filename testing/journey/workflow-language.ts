import { createInterface } from 'node:readline';

/**
 * GitHub's own parser of workflows and its own evaluator of expressions, for a process of another language: a question
 * in JSON on each line of the standard input, the answer on a line of the standard output.
 *
 * `{"parse": {"name", "content"}}` gives `{errors, workflow}`: the workflow as its schema reads it (YAML 1.2), where an
 * expression is `{"$expression": text}` and every condition is one that looks at the status.
 * `{"evaluate": text, "contexts", "status"}` gives `{value}`, or `{error}` for what the language does not know.
 */

type Parser = typeof import('@actions/workflow-parser', { with: { 'resolution-mode': 'import' } });
type Expressions = typeof import('@actions/expressions', { with: { 'resolution-mode': 'import' } });

/** A value of JSON, or `undefined` where nothing is said. */
type Value = string | number | boolean | null | undefined | readonly Value[] | { readonly [key: string]: Value };

interface Parse { readonly parse: { readonly name: string; readonly content: string } }

interface Evaluate {
  readonly evaluate: string;
  /** The names that an expression may begin with, and what is in them. */
  readonly contexts: { readonly [name: string]: Value };
  /** What `success()`, `failure()`, `cancelled()` and `always()` say; without it there are no such functions. */
  readonly status?: { readonly [name: string]: boolean };
}

/** A token as `toJSON` of the parser gives it. */
interface Serialized {
  readonly seq?: readonly Json[];
  readonly map?: readonly { readonly Key: Json; readonly Value: Json }[];
  readonly expr?: string;
}
type Json = Serialized | string | number | boolean | null | undefined;

function plain(token: Json): Value {
  if (typeof token !== 'object' || token === null) { return token; }
  if (token.seq) { return token.seq.map(plain); }
  if (token.map) { return Object.fromEntries(token.map.map(({ Key, Value: value }) => [String(Key), plain(value)])); }
  return { $expression: token.expr };
}

/** What the parser's classes write, as plain data. */
function written(value: unknown): Json {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value)) as Json;
}

async function parse({ parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter }: Parser, { parse: file }: Parse,
): Promise<object> {
  const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
  const template = value && await convertWorkflowTemplate(context, value);
  const errors = context.errors.getErrors().map(error => error.message);
  if (errors.length > 0 || !template) { return { errors }; }
  const workflow = plain(written(value)) as { on: Value; jobs: { [id: string]: { [key: string]: Value } } };
  for (const job of template.jobs) {
    const read = workflow.jobs[job.id.value];
    read.if = plain(written(job.if));
    if (job.type !== 'job') { continue; }
    read.steps = (read.steps as { [key: string]: Value }[]).map((step, index) => ({
      ...step, id: job.steps[index].id, if: plain(written(job.steps[index].if)),
    }));
  }
  return { errors, workflow: { ...workflow, events: template.events } };
}

function evaluate({ Lexer, Parser: Reader, Evaluator, data }: Expressions, question: Evaluate): object {
  const { evaluate: text, contexts, status = {} } = question;
  const functions = Object.entries(status).map(([name, holds]) => ({
    name, description: '', minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(holds),
  }));
  try {
    const tree = new Reader(new Lexer(text).lex().tokens, Object.keys(contexts), functions).parse();
    const known = JSON.parse(JSON.stringify(contexts), data.reviver) as InstanceType<typeof data.Dictionary>;
    const value = new Evaluator(tree, known, new Map(functions.map(f => [f.name, f]))).evaluate();
    return { value: JSON.parse(JSON.stringify(value, data.replacer)) as Value, text: value.coerceString() };
  } catch (error) {
    return { error: `${text}: ${(error as Error).message}` };
  }
}

async function main(): Promise<void> {
  // They are modules of the other kind, which only this loads.
  const [parser, expressions] = await Promise.all([
    import('@actions/workflow-parser'), import('@actions/expressions'),
  ]);
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as Parse | Evaluate;
    const answer = 'parse' in question ? await parse(parser, question) : evaluate(expressions, question);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

void main();
