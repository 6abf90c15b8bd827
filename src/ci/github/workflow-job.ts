import { action } from './actions';
import type { EngineWords, HostJob, Step } from '../job';

/** What GitHub Actions calls things (GitHub documentation, "Variables reference", default environment variables). */
const WORDS: EngineWords = {
  folderOf: input => `$RUNNER_TEMP/${input}`,
  log: '$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID',
};

/** What a workflow adds to a job. */
export interface WorkflowRun {
  /** What its token may do in the repository. */
  readonly permissions: { readonly [scope: string]: 'read' | 'write' };
  readonly timeoutMinutes: number;
  /** Branch or commit of the repository, the job's first input. */
  readonly ref: string;
  /** The workflow's job that leaves its further inputs, and whose variable says whether it runs at all. */
  readonly after?: OutputVariable;
  /** Values of its variables. */
  readonly values?: { readonly [variable: string]: string };
  /** Name of what it leaves, as later jobs name their input, and its variable that says whether there is anything. */
  readonly keep?: { readonly name: string; readonly variable: string };
}

/** A variable that a job leaves; one that decides is `true` or `false`. */
interface OutputVariable { readonly job: string; readonly variable: string }

/**
 * A job as one of a workflow of GitHub Actions: all that it may do is what the workflow's token may. Each step of it is
 * one of the workflow's, in a bash of its own that ends with the first command that fails (GitHub documentation,
 * "Workflow syntax": `bash --noprofile --norc -eo pipefail`).
 */
export function workflowJob(
  job: HostJob, { permissions, timeoutMinutes, ref, after, values, keep }: WorkflowRun,
): object {
  const { tools, inputs: [, ...inputs], steps, outputs: { variables = [], folder, files = [] } = {}, pushes } = job;
  const env = valuesOf(job, values);
  const last = steps[steps.length - 1].name;
  return {
    ...(after ? { needs: after.job, if: isTrue(fromJob(after)) } : {}),
    'runs-on': 'ubuntu-latest',
    'timeout-minutes': timeoutMinutes,
    permissions,
    ...(variables.length > 0
      ? { outputs: Object.fromEntries(variables.map(name => [name, expression(fromStep(last, name))])) }
      : {}),
    'steps': [
      { uses: action('actions/checkout'), with: { ref, ...(pushes ? {} : { 'persist-credentials': false }) } },
      ...(tools.nodejs ? [{ uses: action('actions/setup-node'), with: { 'node-version': tools.nodejs } }] : []),
      ...(tools.python ? [{ uses: action('actions/setup-python'), with: { 'python-version': tools.python } }] : []),
      ...inputs.map(name => ({
        uses: action('actions/download-artifact'), with: { name, path: `\${{ runner.temp }}/${name}` },
      })),
      ...steps.map(step => ({
        name: step.name,
        ...(step.name === last && variables.length > 0 ? { id: last } : {}),
        shell: 'bash',
        ...(env ? { env } : {}),
        run: [...commandsOf(step), ...(step.name === last ? variables.map(leave) : [])].join('\n'),
      })),
      ...(keep ? [{
        if: isTrue(fromStep(last, keep.variable)),
        uses: action('actions/upload-artifact'),
        with: {
          'name': keep.name, 'path': folder ?? files.join('\n'), 'if-no-files-found': 'error', 'retention-days': 7,
        },
      }] : []),
    ],
  };
}

/** What another job of the workflow left, for a place where a text is written. */
export function valueFrom(variable: OutputVariable): string {
  return expression(fromJob(variable));
}

function valuesOf({ name, variables }: HostJob, values: WorkflowRun['values'] = {}): object | undefined {
  const missing = variables.filter(variable => !variable.optional && !(variable.name in values));
  if (missing.length > 0) {
    throw new Error(`The workflow gives the job ${name} no ${missing.map(variable => variable.name).join(', ')}.`);
  }
  return variables.length > 0 ? values : undefined;
}

function commandsOf({ commands }: Step): string[] {
  return commands.map(command => typeof command === 'string' ? command : command(WORDS));
}

function leave(variable: string): string {
  return `echo "${variable}=$${variable}" >>"$GITHUB_OUTPUT"`;
}

const fromStep = (step: string, variable: string) => `steps.${step}.outputs.${variable}`;
const fromJob = ({ job, variable }: OutputVariable) => `needs.${job}.outputs.${variable}`;
const expression = (text: string) => `\${{ ${text} }}`;
const isTrue = (text: string) => `${text} == 'true'`;
