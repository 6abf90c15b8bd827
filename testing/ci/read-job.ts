import { COMMIT, literal, LOCATED, type NeutralAction, PEOPLE_IN_AWS, THE_RUN, without } from './neutral';
import type { WorkflowJob, WorkflowStep } from './workflow-text';
import { action } from '../../src/ci/github/actions';

/** What a reader knows of another job of the workflow. */
export interface OtherJob {
  /** What it does, and in which environment. */
  readonly is: string;
  readonly job: WorkflowJob;
}

/** Makes what a job does out of its steps; what it does not know is told. */
export class JobReader {
  public readonly actions: NeutralAction[] = [];
  public readonly strange: string[] = [];
  private readonly takes: string[] = [];
  private readonly repository: string[] = [];
  private repositoryVariables: { [name: string]: string } = {};
  private role: string | undefined;
  private tools: string | undefined;

  public constructor(
    private readonly id: string, private readonly job: WorkflowJob, private readonly other: (id: string) => OtherJob,
    private readonly isCommit: (expression: string) => boolean,
  ) {
    const { steps } = job;
    steps.forEach((step, index) => {
      if (step.uses === undefined) { this.runs(step, index); } else { this.uses(step, steps[index + 1]); }
    });
    if (this.repository.length > 0) {
      const does = this.repository.some(line => line.includes('pipelines start')) ? 'build' : 'synth';
      this.actions.unshift(this.acts(does, { variables: this.repositoryVariables, runs: this.repository }));
    }
    if (this.actions.length === 0 && this.takes.length > 0) { this.actions.push(this.acts('fetch')); }
  }

  private uses({ uses = '', with: given = {}, if: condition }: WorkflowStep, next: WorkflowStep | undefined): void {
    const [name] = uses.split('@');
    const known = ['actions/checkout', 'actions/setup-node', 'actions/setup-python', 'actions/upload-artifact',
      'actions/download-artifact', 'aws-actions/configure-aws-credentials'] as const;
    const found = known.find(each => each === name);
    if (!found || uses !== action(found)) { this.tell(uses); }
    if (condition !== undefined) { this.tell(`if of ${uses}`); }
    switch (found) {
      case 'actions/checkout':
        if (given['persist-credentials'] !== false) { this.tell('credentials stay in the checkout'); }
        this.takes.push(`Source at ${this.isCommit(String(given.ref)) ? COMMIT : String(given.ref)}`);
        break;
      case 'actions/setup-node':
        if (given['package-manager-cache'] !== false) { this.tell('a cache'); }
        break;
      case 'aws-actions/configure-aws-credentials':
        if (this.role !== undefined) { this.tell('a second role'); }
        this.role = String(given['role-to-assume']).replace(/^.*:role\//, '');
        break;
      case 'actions/download-artifact':
        this.takes.push(this.takenOver(String(given.name), next));
        break;
    }
  }

  /** What another job has left, if that is looked at before it is unpacked. */
  private takenOver(name: string, unpack: WorkflowStep | undefined): string {
    const [, from] = /^\$\{\{ needs\.([\w-]+)\.outputs\.handed-on \}\}$/.exec(unpack?.env?.DIGEST ?? '') ?? [];
    const lines = unpack?.run?.split('\n') ?? [];
    const checks = lines.findIndex(line => line.startsWith('echo "$DIGEST  $FILE" | sha256sum --check --strict --status || '
      + '{ ') && line.endsWith('exit 1; }'));
    const unpacks = lines.findIndex(line => line.startsWith('tar '));
    const file = `FILE="$GITHUB_WORKSPACE/handed-on/${name}.tar"`;
    if (!from || lines[0] !== file || checks < 0 || checks > unpacks || !this.job.needs.includes(from)) {
      return `${name}, whoever left it`;
    }
    const { is, job } = this.other(from);
    const left = job.outputs['handed-on'] === '${{ steps.hand-on.outputs.digest }}'
      && job.steps.some(({ id, run = '' }) => id === 'hand-on' && run.includes(file) && run.includes('sha256sum < "$FILE"'));
    return left ? `${name.replace(/-.*/, '')} of ${is}` : `${name}, whose digest nobody noted`;
  }

  private runs(step: WorkflowStep, index: number): void {
    const { run = '', env = {}, name } = step;
    const lines = run.split('\n').filter(line => !LEAVES.test(line));
    const text = lines.join('\n');
    if (isKnownOf(step, index)) { this.known(step); return; }
    if (step.if !== undefined && text !== SWEEP) { this.tell(`if of ${name}`); }
    const variables = () => this.variablesOf(env);
    const verified = verifiedTools(lines, env.TOOL);
    if (verified) {
      const rest = without(variables(), 'TOOL');
      verified.forEach((tool, i) => {
        const does = NAMES[tool] ?? tool;
        this.actions.push(this.acts(does, {
          variables: rest, ...(i > 0 ? { beside: true } : {}), ...(does === 'approve' ? { asks: PEOPLE_IN_AWS } : {}),
        }));
      });
      return;
    }
    const does = Object.entries(COMMANDS).find(([, commands]) => commands.join('\n') === text)?.[0];
    if (does) {
      this.actions.push(this.acts(does, {
        variables: variables(), ...(does === 'sweep' && step.if === "github.event_name == 'schedule'"
          ? { onlyIf: ['only on schedule'] } : {}),
      }));
      return;
    }
    const change = changes(lines);
    if (change) {
      const rest = without(variables(), ...LOCATED);
      this.takes.unshift(this.toolsOf(env));
      for (const each of change) {
        this.actions.push(this.acts(each, { variables: rest, ...(each === 'approve' ? { asks: PEOPLE_IN_AWS } : {}) }));
      }
      return;
    }
    this.repository.push(...lines);
    this.repositoryVariables = variables();
  }

  /** What is around the work: the folder, the SDK, what is fetched and handed on. */
  private known({ name = '', env = {}, run = '' }: WorkflowStep): void {
    if (name === 'locate') { this.tools = env.PARAMETER; }
    if (name.startsWith('fetch ')) { this.takes.push(`${name.slice(6)} at ${env.PARAMETER}`); }
    if (name === 'SDK') {
      const packages = run.split('\n').filter(line => /^\w\S*==/.test(line));
      if (packages.length === 0 || packages.some(line => !/ --hash=sha256:[0-9a-f]{64}/.test(line))
        || !run.includes(' --no-deps --require-hashes --only-binary :all: ')) { this.tell('an SDK without hashes'); }
    }
  }

  private toolsOf(env: { readonly [name: string]: string }): string {
    const located = ['BUCKET', 'KEY', 'OWNER'].every(part =>
      env[`TOOLS_${part}`] === `\${{ steps.locate.outputs.${part.toLowerCase()} }}`);
    return located && this.tools ? `Tools at ${this.tools}` : 'Tools, wherever they are';
  }

  private acts(does: string, more: Partial<NeutralAction> = {}): NeutralAction {
    const { environment, permissions = {} } = this.job;
    const host = Object.entries(permissions).map(([scope, right]) => (
      scope === 'id-token' ? 'identity' : `${scope}: ${right}`));
    return {
      does, ...(this.role === undefined ? {} : { role: this.role }), onlyIf: [], variables: {}, takes: this.takes, host,
      ...(environment === undefined ? {} : { behind: environment }), ...more,
    };
  }

  private variablesOf(env: { readonly [name: string]: string }): { [name: string]: string } {
    return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, this.originOf(value)]));
  }

  private originOf(value: string): string {
    if (!value.includes('${{')) { return literal(value); }
    if (value === 'gh-${{ github.run_id }}') { return THE_RUN; }
    if (value === '${{ inputs.request }}') { return 'request asked'; }
    if (value === '${{ github.token }}') { return 'the token of the job'; }
    if (this.isCommit(value)) { return COMMIT; }
    const [, from, output, otherwise] = /^\$\{\{ needs\.([\w-]+)\.outputs\.(\w+)(?: \|\| '(\w+)')? \}\}$/.exec(value) ?? [];
    if (from === undefined || !this.job.needs.includes(from)) { return value; }
    const { is, job } = this.other(from);
    const leaves = job.outputs[output] === `\${{ steps.result.outputs.${output} }}`
      && job.steps.some(({ id, run = '' }) => id === 'result' && run.split('\n').some(line => LEAVES.exec(line)?.[1] === output));
    return leaves ? `${output} of ${is}${otherwise ? ` or "${otherwise}"` : ''}` : `${output}, which ${from} does not leave`;
  }

  private tell(what: string): void { this.strange.push(`${this.id}: ${what}`); }
}

/** A line that leaves a variable of the step as an output of one line. */
const LEAVES = /^printf '%s=%s\\n' (\w+) "\$\(printf '%s' "\$\1" \| tr '\\r\\n' ' {2}'\)" >> "\$GITHUB_OUTPUT"$/;

/** The lines of a step that runs one of the deployment's tools. */
const VERIFIES = [
  'export SUMMARY="$TOOL of $ENVIRONMENT"', 'rm -f exports.sh', 'python3 "tools/$TOOL.py"',
  'if [ -f exports.sh ]; then . ./exports.sh; fi', 'printf \'%s\\n\\n\' "$SUMMARY" >> "$GITHUB_STEP_SUMMARY"',
];

/** Tools that stand in for an action of another engine. */
const NAMES: { readonly [tool: string]: string } = {
  await_approval: 'approve', change_set: 'changeSet', execute_change_set: 'execute',
};

const SWEEP = 'python3 sweep.py';
const COMMANDS: { readonly [does: string]: readonly string[] } = {
  take: ['python3 -u take.py', '. ./exports.sh'],
  finish: ['python3 -u finish.py'],
  sweep: [SWEEP],
  prepare: [
    'python3 "$RUNNER_TEMP/Tools/prepare.py" --assembly cdk.out --output deployment', '. deployment/exports.sh',
  ],
};

/** The tool that a step runs, and the one that runs beside it. */
function verifiedTools(lines: readonly string[], tool: string | undefined): string[] | undefined {
  if (tool === undefined) { return undefined; }
  if (lines.join('\n') === VERIFIES.join('\n')) { return [tool]; }
  const [, beside] = /^export TOOL='(\w+)'$/.exec(lines[1] ?? '') ?? [];
  const both = [
    '(', `export TOOL='${beside}'`, ...VERIFIES, ') &', 'beside=$!', '(', ...VERIFIES, ') &', 'itself=$!', 'failed=0',
    'wait "$beside" || failed=1', 'wait "$itself" || failed=1', 'exit "$failed"',
  ];
  return beside && lines.join('\n') === both.join('\n') ? [tool, beside] : undefined;
}

/** What a step of the infrastructure does with the tools that it fetches into a folder of their own. */
function changes(lines: readonly string[]): string[] | undefined {
  const fetches = lines.findIndex(line => line === 'tools="$(mktemp -d)"');
  if (fetches < 0 || !lines[fetches + 1]?.startsWith('(cd "$tools" && python3 -c ')) { return undefined; }
  const rest = lines.slice(fetches + 2).join('\n');
  const [awaits, executes] = [
    'ENVIRONMENT="$STAGE" python3 -u "$tools/await_change.py"', 'python3 "$tools/execute_shown.py" cdk.out "$RUNNER_TEMP/Diff"',
  ];
  if (rest === executes) { return ['execute']; }
  if (rest === 'python3 -u "$tools/telling.py"') { return ['tell']; }
  if (rest === `${awaits}\n${executes}`) { return ['approve', 'execute']; }
  return rest === 'rm -rf diff; mkdir diff\npython3 "$tools/show.py" cdk.out diff\n. diff/exports.sh' ? ['diff'] : undefined;
}

/** Whether a step is one of those around the work. */
function isKnownOf({ name = '', run = '' }: WorkflowStep, index: number): boolean {
  return (name === 'begin' && index === 0 && run === 'mkdir -p work')
    || (name === 'SDK' && run.startsWith('cd "$RUNNER_TEMP"\ncat > sdk.txt <<'))
    || (name === 'locate' && run.startsWith('python3 - >> "$GITHUB_OUTPUT" <<'))
    || (name.startsWith('fetch ') && / python3 - <<'FETCH'\n/.test(run))
    || (name.startsWith('unpack ') && run.startsWith('FILE='))
    || (name.startsWith('pack ') && run.startsWith('mkdir -p "$GITHUB_WORKSPACE/handed-on"\nFILE='))
    || (name === 'show' && run.startsWith('if [ -f "$FILE" ]'));
}
