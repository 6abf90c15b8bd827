import { action } from './actions';
import type { EngineWords, HostJob, Step } from '../job';

/** What GitHub Actions calls things (GitHub documentation, "Variables reference", default environment variables). */
export const WORDS: EngineWords = {
  folderOf: input => `$RUNNER_TEMP/${input}`,
  log: '$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID',
  summary: '$GITHUB_STEP_SUMMARY',
};

/** What runs the jobs of a workflow. */
export interface Runners {
  readonly runsOn: readonly string[];
  readonly container?: string;
}

/** A step of the user's own. */
export interface OwnStep {
  readonly name: string;
  readonly run: string;
}

/** What a workflow adds to a job. */
export interface WorkflowRun {
  /** What its token may do in the repository. */
  readonly permissions: { readonly [scope: string]: 'read' | 'write' };
  readonly timeoutMinutes: number;
  /** Branch or commit of the repository, the job's first input; by default what the workflow was started for. */
  readonly ref?: string;
  /** Whether it gets the whole history, with the tips of all branches. */
  readonly wholeHistory?: true;
  /** The workflow's job that leaves its further inputs, and whose variable says whether it runs at all. */
  readonly after?: OutputVariable;
  /** Who runs it: GitHub's newest Ubuntu unless given. */
  readonly runners?: Runners;
  /** Steps of the user's own, after the tools are installed. */
  readonly own?: readonly OwnStep[];
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
  job: HostJob, { permissions, timeoutMinutes, ref, wholeHistory, after, values, keep, runners, own = [] }: WorkflowRun,
): object {
  const { tools, inputs: [, ...inputs], steps, outputs: { variables = [], folder, files = [] } = {}, pushes } = job;
  const env = valuesOf(job, values);
  const last = steps[steps.length - 1].name;
  const stepOf = (step: Step) => ({
    name: step.name,
    ...(step.name === last && variables.length > 0 ? { id: last } : {}),
    shell: 'bash',
    ...(env ? { env } : {}),
    run: [...commandsOf(step), ...(step.name === last ? variables.map(leave) : [])].join('\n'),
  });
  return {
    'name': job.name,
    ...(after ? { needs: after.job, if: isTrue(fromJob(after)) } : {}),
    'runs-on': runners?.runsOn ?? 'ubuntu-latest',
    ...(runners?.container ? { container: { image: runners.container } } : {}),
    'timeout-minutes': timeoutMinutes,
    permissions,
    ...(variables.length > 0
      ? { outputs: Object.fromEntries(variables.map(name => [name, expression(fromStep(last, name))])) }
      : {}),
    'steps': [
      {
        uses: action('actions/checkout'),
        with: {
          ...(ref ? { ref } : {}),
          ...(wholeHistory ? { 'fetch-depth': 0 } : {}),
          ...(pushes ? {} : { 'persist-credentials': false }),
        },
      },
      // It would else take up and leave a cache, since package.json names npm: what one run puts there, others install.
      ...(tools.nodejs ? [{
        uses: action('actions/setup-node'), with: { 'node-version': tools.nodejs, 'package-manager-cache': false },
      }] : []),
      ...(tools.python ? [{ uses: action('actions/setup-python'), with: { 'python-version': tools.python } }] : []),
      ...inputs.map(name => ({
        uses: action('actions/download-artifact'), with: { name, path: `\${{ runner.temp }}/${name}` },
      })),
      ...steps.filter(step => step.kind === 'install').map(stepOf),
      ...own.map(({ name, run }) => ({ name, shell: 'bash', run })),
      ...steps.filter(step => step.kind !== 'install').map(stepOf),
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

export function commandsOf({ commands }: Step): string[] {
  return commands.map(command => typeof command === 'string' ? command : command(WORDS));
}

function leave(variable: string): string {
  return `echo "${variable}=$${variable}" >>"$GITHUB_OUTPUT"`;
}

const fromStep = (step: string, variable: string) => `steps.${step}.outputs.${variable}`;
const fromJob = ({ job, variable }: OutputVariable) => `needs.${job}.outputs.${variable}`;
export const expression = (text: string) => `\${{ ${text} }}`;
const isTrue = (text: string) => `${text} == 'true'`;
