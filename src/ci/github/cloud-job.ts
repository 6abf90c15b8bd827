import { action } from './actions';
import {
  DIGEST, fetchPublished, folderOf, type HandedOn, handOn, locate, takeOver, WORK,
} from './handing-on';
import { SDK_REQUIREMENTS } from './sdk-requirements';
import { commandsOf, expression, type OwnStep, type Runners } from './workflow-job';
import type { Job, Step } from '../job';

/** A run of commands that a job has; all steps of a job do unless it says in which ways they run. */
export interface Way {
  readonly name: string;
  readonly values: { readonly [variable: string]: string };
  /** What runs beside it until both are done. */
  readonly beside?: { readonly [variable: string]: string };
}

/** What a workflow adds to a job that works in AWS. */
export interface CloudRun {
  readonly name: string;
  /** ARN of the role, and the region; none for a job that calls nothing of AWS. */
  readonly aws?: { readonly role: string; readonly region: string; readonly hours: number };
  readonly needs: readonly string[];
  readonly if?: string;
  readonly timeoutMinutes: number;
  readonly runners: Runners;
  /** Environment of the host whose reviewers let it run. */
  readonly environment?: string;
  /** What its token may do in the repository, beside asking for an identity. */
  readonly permissions?: { readonly [scope: string]: 'read' | 'write' };
  /** Commit that it works on; nothing is checked out unless given. */
  readonly checkout?: string;
  /** Names of parameters that say where inputs are that a stack has published. */
  readonly published?: { readonly [input: string]: string };
  /** Parameter that says where its tools are, for a job that fetches them itself: `TOOLS_BUCKET` and the like. */
  readonly toolsParameter?: string;
  /** Inputs that other jobs hand on. */
  readonly handedOn?: readonly HandedOn[];
  /** Name under which it hands its outputs on. */
  readonly handsOn?: string;
  readonly values: { readonly [variable: string]: string };
  readonly ways?: readonly Way[];
  /** Steps of the user's own, after the tools are installed. */
  readonly own?: readonly OwnStep[];
  /** A variable of its steps' shells that is shown with the run. */
  readonly summary?: string;
  /** A file in its working directory that is shown with the run, as it is. */
  readonly shows?: string;
  /** The steps after the last one of the job. */
  readonly more?: readonly object[];
}

/**
 * A job as one of a workflow that has its own role in AWS: nothing else may happen in it. What other jobs hand on is
 * taken only if it has the digest that the very run has noted.
 */
export function cloudJob(job: Job, run: CloudRun): object {
  const { tools, inputs: [first], outputs: { variables = [], folder: left, files = [] } = {} } = job;
  const directory = run.checkout === undefined ? WORK : undefined;
  const steps = run.ways
    ? run.ways.flatMap(way => job.steps.map(step => stepOf(step, run, way)))
    : job.steps.map(step => stepOf(step, run));
  const last = steps.length - 1;
  const installs = job.steps.filter(step => step.kind === 'install').length;
  return {
    'name': run.name,
    'needs': run.needs.length > 0 ? run.needs : undefined,
    'if': run.if,
    'runs-on': run.runners.runsOn,
    'container': run.runners.container ? { image: run.runners.container } : undefined,
    'environment': run.environment,
    'timeout-minutes': run.timeoutMinutes,
    'permissions': {
      ...(run.checkout === undefined ? {} : { contents: 'read' }), ...run.permissions,
      ...(run.aws ? { 'id-token': 'write' } : {}),
    },
    'outputs': outputsOf(variables, run.handsOn),
    'env': orNone(valuesWhere(run.values, ofSteps => !ofSteps)),
    'defaults': { run: { shell: 'bash', ...(directory ? { 'working-directory': directory } : {}) } },
    'steps': [
      ...(run.checkout === undefined ? [{
        'name': 'begin', 'working-directory': '.', 'run': `mkdir -p ${WORK}`,
      }] : [{
        uses: action('actions/checkout'), with: { 'ref': run.checkout, 'persist-credentials': false },
      }]),
      ...(tools.nodejs ? [{
        uses: action('actions/setup-node'), with: { 'node-version': tools.nodejs, 'package-manager-cache': false },
      }] : []),
      ...(tools.python ? [{ uses: action('actions/setup-python'), with: { 'python-version': tools.python } }] : []),
      ...(run.aws ? [signIn(run.aws, run.values.AWS_REGION), ...(run.checkout === undefined ? [SDK] : [])] : []),
      ...(run.toolsParameter ? [locate(run.toolsParameter)] : []),
      ...Object.entries(run.published ?? {}).map(([input, parameter]) => (
        fetchPublished(input, parameter, folderOf(input, first)))),
      ...(run.handedOn ?? []).flatMap(handed => (
        takeOver(handed, folderOf(handed.name, first)))),
      ...steps.slice(0, installs),
      ...(run.own ?? []).map(({ name, run: commands }) => ({ name, run: commands })),
      ...steps.slice(installs, Math.max(installs, last)),
      ...(last >= installs ? [withOutputs(steps[last], variables, variables.length > 0)] : []),
      ...(run.shows ? [{
        name: 'show', if: 'always()', env: { FILE: run.shows },
        run: 'if [ -f "$FILE" ]; then { echo "~~~"; cat "$FILE"; echo "~~~"; } >> "$GITHUB_STEP_SUMMARY"; fi',
      }] : []),
      ...(run.handsOn
        ? handOn(run.handsOn, left ?? '.', left ? ['.'] : files.map(file => file.replace('/**/*', ''))) : []),
      ...(run.more ?? []),
    ],
  };
}

interface RunStep {
  readonly name: string;
  readonly id?: string;
  readonly env?: object;
  readonly run: string;
}

/** Values that steps of the job have made, which its other values are not: they are the same in all of it. */
function valuesWhere(values: CloudRun['values'], wanted: (ofSteps: boolean) => boolean): CloudRun['values'] {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => wanted(value.includes('{{ steps.'))));
}

function orNone(values: object): object | undefined {
  return Object.keys(values).length > 0 ? values : undefined;
}

function stepOf(step: Step, { values, summary }: CloudRun, way?: Way): RunStep {
  const commands = [
    ...commandsOf(step), ...(summary ? [`printf '%s\\n\\n' "$${summary}" >> "$GITHUB_STEP_SUMMARY"`] : []),
  ];
  const env = { ...valuesWhere(values, ofSteps => ofSteps), ...way?.values };
  return {
    name: way?.name ?? step.name, ...(Object.keys(env).length > 0 ? { env } : {}),
    run: (way?.beside ? together(commands, way.beside) : commands).join('\n'),
  };
}

/**
 * Two runs of the same commands at a time; what either of them says is said, and both must succeed. Both are in the
 * background, because bash goes on after a command that fails in what stands before `||`.
 */
function together(commands: readonly string[], beside: NonNullable<Way['beside']>): string[] {
  const others = Object.entries(beside).map(([variable, value]) => `export ${variable}='${value}'`);
  return [
    '(', ...others, ...commands, ') &', 'beside=$!', '(', ...commands, ') &', 'itself=$!', 'failed=0',
    'wait "$beside" || failed=1', 'wait "$itself" || failed=1', 'exit "$failed"',
  ];
}

function withOutputs(step: RunStep, variables: readonly string[], isRead: boolean): RunStep {
  return {
    name: step.name,
    ...(isRead ? { id: 'result' } : {}),
    ...(step.env ? { env: step.env } : {}),
    run: [step.run, ...variables.map(leave)].join('\n'),
  };
}

/** A value of one line: what has several could name further outputs. */
function leave(variable: string): string {
  return `printf '%s=%s\\n' ${variable} "$(printf '%s' "$${variable}" | tr '\\r\\n' '  ')" >> "$GITHUB_OUTPUT"`;
}

function outputsOf(variables: readonly string[], handsOn: string | undefined): object | undefined {
  const outputs = {
    ...Object.fromEntries(variables.map(name => [name, expression(`steps.result.outputs.${name}`)])),
    ...(handsOn ? { [DIGEST]: expression('steps.hand-on.outputs.digest') } : {}),
  };
  return Object.keys(outputs).length > 0 ? outputs : undefined;
}

/** What is called is in the region that the job's commands name, if they name one. */
function signIn({ role, region, hours }: NonNullable<CloudRun['aws']>, where = region): object {
  return {
    name: 'sign in',
    uses: action('aws-actions/configure-aws-credentials'),
    with: {
      'role-to-assume': role,
      'aws-region': where,
      'role-duration-seconds': hours * 3600,
      'role-session-name': 'gh-${{ github.run_id }}-${{ github.run_attempt }}',
    },
  };
}

/** Code of the repository brings its own. */
const SDK = {
  name: 'SDK',
  run: [
    'cd "$RUNNER_TEMP"',
    "cat > sdk.txt <<'PACKAGES'", ...SDK_REQUIREMENTS, 'PACKAGES',
    'python3 -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: '
      + '--requirement sdk.txt',
  ].join('\n'),
};
