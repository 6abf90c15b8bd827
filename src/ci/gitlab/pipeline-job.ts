import { artifactsOf, type HandedOn, handOn, takeOver } from './handing-on';
import { commandsOf, OWN_WORDS, quoted, WORDS } from './words';
import { FETCH, LOCATE } from '../github/handing-on';
import { SDK_REQUIREMENTS } from '../github/sdk-requirements';
import type { OwnStep } from '../github/workflow-job';
import type { Job, Step } from '../job';

/** A run of commands that a job has; all steps of a job do unless it says in which ways they run. */
export interface Way {
  readonly values: { readonly [variable: string]: string };
  /** What runs beside it until both are done. */
  readonly beside?: { readonly [variable: string]: string };
}

/** What runs the jobs of a pipeline. */
export interface GitlabRunners {
  readonly tags: readonly string[];
  readonly image?: string;
}

/** When a job is in a pipeline. */
export interface Rule {
  readonly if: string;
  readonly when?: 'on_failure';
  readonly changes?: { readonly paths: readonly string[] };
}

/** What a pipeline adds to a job that works in AWS. */
export interface PipelineRun {
  /** Name of the job, which no other one has. */
  readonly name: string;
  readonly rules: readonly Rule[];
  /** The jobs of the pipeline that it comes after; all of the stages before its own, where it has one. */
  readonly needs: ReadonlyArray<string | { readonly job: string; readonly optional: true }>;
  readonly stage?: '.post';
  /** ARN of the role, whom tokens for it are for, and the region; none for a job that calls nothing of AWS. */
  readonly aws?: { readonly role: string; readonly audience: string; readonly region: string };
  readonly runners: GitlabRunners;
  readonly timeoutMinutes: number;
  readonly environment?: string;
  /** Only one job at a time has it. */
  readonly resourceGroup?: string;
  /** Whether it works on the commit; nothing is checked out unless it does. */
  readonly checkout?: true;
  /** Names of parameters that say where inputs are that a stack has published. */
  readonly published?: { readonly [input: string]: string };
  /** Parameter that says where its tools are, for a job that fetches them itself: `TOOLS_BUCKET` and the like. */
  readonly toolsParameter?: string;
  readonly handedOn?: readonly HandedOn[];
  /** Whether it hands its outputs on. */
  readonly handsOn?: true;
  /** Values of its variables. */
  readonly values: { readonly [variable: string]: string };
  /** Values of variables that the shell makes, as words of it. */
  readonly words?: { readonly [variable: string]: string };
  /** A condition of the shell; where it does not hold there is nothing to do. */
  readonly onlyIf?: string;
  /** Commands before the first step. */
  readonly first?: readonly string[];
  readonly ways?: readonly Way[];
  /** Steps of the user's own, after the tools are installed. */
  readonly own?: readonly OwnStep[];
  /** A variable of its steps' shells that its log ends with, and a file that it shows. */
  readonly shows?: { readonly variable?: string; readonly file?: string };
}

/** The variable with the token of a job. */
const TOKEN = 'AWS_ID_TOKEN';

const PYTHON_IMAGE = 'python:3.12-bookworm';
const NODE_IMAGE = 'node:22-bookworm';

/**
 * A job as one of a pipeline. All of it runs in one bash, which ends with the first command that fails.
 *
 * Its variables are words of the script, because variables of a job give way to those that somebody starts a pipeline
 * with (GitLab documentation, "CI/CD variable precedence").
 */
export function pipelineJob(job: Job, run: PipelineRun): object {
  const { tools, inputs: [first] } = job;
  const { image, tags } = run.runners;
  const words = run.checkout ? WORDS : OWN_WORDS;
  const installs = job.steps.filter(step => step.kind === 'install');
  const others = job.steps.filter(step => step.kind !== 'install');
  const target = (input: string) => (input === first ? '"$WORK"' : `"$INPUTS/${input}"`);
  const block = (name: string, commands: readonly string[]) => [`# ${name}`, ...commands].join('\n');
  const steps = (each: readonly Step[]) => each.map(step => block(step.name, commandsOf(step, words)));
  const script = [
    block('begin', begin(run)),
    ...(run.handedOn ?? []).filter(({ values }) => values).flatMap(({ job: from, optional, onlyIf }) => [
      takeOver({ job: from, values: true, optional }, ''), ...asking(onlyIf),
    ]),
    ...asking(run.onlyIf),
    ...(Object.keys(run.words ?? {}).length > 0 ? [block('variables', Object.entries(run.words!).map(exported))] : []),
    block('tools', toolsOf(tools.nodejs !== undefined && image === undefined)),
    ...(run.aws ? [block('sign in', signIn(run.aws, run.values.AWS_REGION))] : []),
    ...(run.aws && !run.checkout ? [block('SDK', SDK)] : []),
    ...(run.toolsParameter ? [block('locate', [
      ...python('LOCATE', LOCATE, run.toolsParameter, ' > "$OWN/located.env"'),
      'while IFS="=" read -r part value; do export "TOOLS_${part^^}=$value"; done < "$OWN/located.env"',
    ])] : []),
    ...Object.entries(run.published ?? {}).map(([input, parameter]) => block(`fetch ${input}`, [
      `export TARGET=${target(input)}`, ...python('FETCH', FETCH, parameter),
    ])),
    ...(run.handedOn ?? []).filter(({ input }) => input).map(({ job: from, input }) => (
      takeOver({ job: from, input }, target(input!)))),
    ...(run.checkout ? [] : [block('work', ['cd "$WORK"'])]),
    ...(run.first ? [block('commit', run.first)] : []),
    ...steps(installs),
    ...(run.own ?? []).map(({ name, run: commands }) => block(name, ['(', commands, ')'])),
    ...(run.ways ? run.ways.flatMap(way => others.map(step => wayOf(step, way))) : steps(others)),
    ...(run.shows?.variable ? [block('summary', [`printf '%s\\n' "$${run.shows.variable}"`])] : []),
    ...(run.shows?.file ? [block('show', [`if [ -f ${run.shows.file} ]; then cat ${run.shows.file}; fi`])] : []),
    ...(run.handsOn ? [handOn(run.name, left(job, run))] : []),
  ];
  return {
    stage: run.stage ?? 'deploy',
    ...(tags.length > 0 ? { tags: [...tags] } : {}),
    image: image ?? (tools.nodejs ? NODE_IMAGE : PYTHON_IMAGE),
    rules: run.rules,
    ...(run.stage
      ? { dependencies: run.needs }
      : { needs: run.needs.map(need => (typeof need === 'string' ? { job: need } : need)) }),
    timeout: `${run.timeoutMinutes} minutes`,
    ...(run.environment ? { environment: { name: run.environment } } : {}),
    ...(run.resourceGroup ? { resource_group: run.resourceGroup } : {}),
    // Nothing of a job goes to another one but what it hands on.
    cache: [],
    inherit: { default: false, variables: false },
    variables: { GIT_STRATEGY: run.checkout ? 'clone' : 'none', ...(run.checkout ? { GIT_DEPTH: '0' } : {}) },
    ...(run.aws ? { id_tokens: { [TOKEN]: { aud: run.aws.audience } } } : {}),
    script,
    ...(run.handsOn ? { artifacts: artifactsOf(run.name) } : {}),
  };
}

function begin({ values, checkout }: PipelineRun): string[] {
  return [
    'set -eo pipefail',
    'WORK="$(mktemp -d)"; INPUTS="$(mktemp -d)"; OWN="$(mktemp -d)"; export WORK INPUTS OWN'
      + (checkout ? '; cd "$CI_PROJECT_DIR"' : ''),
    ...Object.entries(values).map(([name, value]) => `export ${name}=${quoted(value)}`),
  ];
}

const exported = ([name, word]: readonly [string, string]) => `export ${name}="${word}"`;

/** Ends a job in whose pipeline there is nothing to do for it. */
function asking(condition: string | undefined): string[] {
  return condition === undefined ? [] : [
    `# only if there is something to do\nif ! ${condition}; then echo "There is nothing to do."; exit 0; fi`,
  ];
}

/** An environment of Python's own, since that of Debian takes no packages. */
function toolsOf(installsPython: boolean): string[] {
  return [
    ...(installsPython ? [
      'apt-get update --quiet --quiet',
      'apt-get install --quiet --quiet --yes --no-install-recommends git python3-pip python3-venv',
    ] : []),
    'python3 -m venv "$OWN/venv"', 'export PATH="$OWN/venv/bin:$PATH"',
  ];
}

/**
 * The SDK takes the role on with the token, again and again until the job's time is over: for so long the token lasts
 * (GitLab documentation, "OpenID Connect (OIDC) Authentication Using ID Tokens"). The execution is what the token says:
 * the variables that tell a pipeline's number give way to those that somebody starts it with.
 */
function signIn({ role, region }: NonNullable<PipelineRun['aws']>, where = region): string[] {
  return [
    'unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"',
    `printf '%s' "$${TOKEN}" > "$AWS_WEB_IDENTITY_TOKEN_FILE"`,
    `EXECUTION_ID="gl-$(python3 -c '${PIPELINE_OF_TOKEN}')"`,
    `export AWS_WEB_IDENTITY_TOKEN_FILE EXECUTION_ID AWS_ROLE_ARN=${role} AWS_ROLE_SESSION_NAME="$EXECUTION_ID"`,
    `export AWS_REGION=${where} AWS_DEFAULT_REGION=${where}`,
    `unset ${TOKEN}`,
  ];
}

const PIPELINE_OF_TOKEN = 'import base64, json, os; part = os.environ["AWS_ID_TOKEN"].split(".")[1]; '
  + 'print(int(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["pipeline_id"]))';

/** Code of the repository brings its own. */
const SDK = [
  'cat > "$OWN/sdk.txt" <<\'PACKAGES\'', ...SDK_REQUIREMENTS, 'PACKAGES',
  'python3 -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: '
    + '--requirement "$OWN/sdk.txt"',
];

function python(end: string, lines: readonly string[], parameter: string, more = ''): string[] {
  return [`PARAMETER=${quoted(parameter)} python3 -${more} <<'${end}'`, ...lines, end];
}

function wayOf(step: Step, { values, beside }: Way): string {
  const given = (each: Way['values']) => Object.entries(each).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const commands = commandsOf(step, OWN_WORDS);
  const alone = [...given(values), ...commands];
  return [`# ${Object.values(values)[0]}`, ...(beside ? [
    // Both are in the background, because bash goes on after a command that fails in what stands before `||`.
    '(', ...given(beside), ...commands, ') &', 'beside=$!', '(', ...alone, ') &', 'itself=$!', 'failed=0',
    'wait "$beside" || failed=1', 'wait "$itself" || failed=1', '[ "$failed" = 0 ]',
  ] : alone)].join('\n');
}

function left({ outputs: { variables = [], folder, files = [] } = {} }: Job, { checkout }: PipelineRun) {
  const from = folder ? `"$WORK/${folder}"` : checkout ? '"$CI_PROJECT_DIR"' : '"$WORK"';
  return { variables, from, files: folder ? ['.'] : files.map(file => file.replace('/**/*', '')) };
}
