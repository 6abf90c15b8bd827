import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Project } from 'projen';
import { MergeRequestPipeline, PullRequestWorkflow, UpgradeWorkflow } from '../../src/project';
import { cleanUp, temporary } from '../../testing/deliveries/synth';
import { actionlint, zizmor } from '../../testing/workflows/lint';

type Edit = (text: string) => string;

const UPGRADE = '.github/workflows/upgrade.yml';
const PULL_REQUEST = '.github/workflows/pull-request.yml';
const GITLAB = '.gitlab-ci.yml';

const tools = process.env.TOOLS_VENV;
if (!tools) { throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.'); }
afterAll(cleanUp);

function run(tool: string, ...args: string[]): { readonly status: number | null; readonly output: string } {
  const env = { ...process.env, LOG_LEVEL: 'ERROR' };
  const { status, stdout, stderr } = spawnSync(path.join(tools!, 'bin', tool), args, { encoding: 'utf-8', env });
  return { status, output: `${stdout}${stderr}` };
}

/** A repository with nothing but what its host runs, after an edit of one file's text. */
function repository(edited?: string, edit: Edit = text => text): string {
  const outdir = temporary();
  const project = new Project({ name: 'churn', outdir });
  new UpgradeWorkflow(project, { schedule: 'weekly', baseBranch: 'main' });
  new PullRequestWorkflow(project, { data: 'data/small.csv' });
  new MergeRequestPipeline(project, { data: 'data/small.csv' });
  project.synth();
  if (edited) {
    const file = path.join(outdir, edited);
    const text = fs.readFileSync(file, 'utf-8');
    fs.chmodSync(file, 0o644);
    fs.writeFileSync(file, edit(text));
    expect(edit(text)).not.toBe(text);
  }
  return outdir;
}

/** What the schema of workflows, which checkov brings along, says of a file; nothing where it agrees. */
function schemaErrors(folder: string, file: string): string[] {
  const { output } = run('python', '-c', [
    'import sys, yaml, jsonschema',
    'from checkov.github_actions.schemas import gha_workflow as schema',
    // YAML 1.1 reads the key `on` as true, GitHub does not.
    'workflow = yaml.load(open(sys.argv[1]), yaml.BaseLoader)',
    'checker = jsonschema.Draft7Validator(schema)',
    'for error in checker.iter_errors(workflow): print(error.json_path, error.message[:200])',
  ].join('\n'), path.join(folder, file));
  return output.split('\n').filter(Boolean);
}

test.each([UPGRADE, PULL_REQUEST])('%s is what the schema of workflows asks for', file => {
  expect(schemaErrors(repository(), file)).toEqual([]);
});

test.each<[string, Edit, string]>([
  ['a right that there is not', text => text.replace('contents: read', 'contents: push'), 'push'],
  ['a wrong key below another', text => text.replace('group: upgrade', 'grop: upgrade'), 'grop'],
  ['a key that there is not', text => text.replace('permissions: {}', 'permission: {}'), 'permission'],
])('the schema notices %s', (_, edit, word) => {
  expect(schemaErrors(repository(UPGRADE, edit), UPGRADE).join('\n')).toContain(word);
});

test('checkov blames nothing in the workflows, and a text of somebody else\'s in a command', () => {
  const checked = (folder: string) => {
    const { output } = run('checkov', '--directory', folder, '--framework', 'github_actions', '--skip-download',
      '--output', 'json');
    const { results, summary } = JSON.parse(output) as {
      readonly results: { readonly failed_checks: ReadonlyArray<{ readonly check_id: string }> };
      readonly summary: { readonly passed: number };
    };
    return { failed: [...new Set(results.failed_checks.map(check => check.check_id))], passed: summary.passed };
  };
  const { failed, passed } = checked(repository());
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(10);
  const injected = repository(UPGRADE, text =>
    text.replace('run: npm ci', 'run: echo ${{ github.event.issue.title }}'));
  expect(checked(injected).failed).toEqual(['CKV_GHA_2']);
});

async function actionlintSays(folder: string, file: string): Promise<string> {
  return (await actionlint(file, fs.readFileSync(path.join(folder, file), 'utf8'))).join('\n');
}

test.each([UPGRADE, PULL_REQUEST])('actionlint blames nothing in %s', async file => {
  expect(await actionlintSays(repository(), file)).toBe('');
});

test.each<[string, Edit, string]>([
  ['an event that there is not', text => text.replace('pull_request: {}', 'pull_requests: {}'), 'events: '],
  ['a right that there is not', text => text.replace('contents: read', 'content: read'), 'permissions: '],
  ['a text of somebody else\'s in a command', text =>
    text.replace('run: npm run --silent lint', 'run: echo "${{ github.head_ref }}"'), 'expression: '],
  ['a context that there is not', text => text.replace('github.base_ref', 'githib.base_ref'), 'expression: '],
  ['a property that there is not', text => text.replace('github.base_ref', 'github.base_reff'), 'expression: '],
  ['a shell that there is not', text => text.replace('shell: bash', 'shell: bush'), 'shell-name: '],
  ['a runner that there is not', text => text.replace('ubuntu-latest', 'ubuntu-lastest'), 'runner-label: '],
  ['a key that there is not', text => text.replace('timeout-minutes', 'timeout-minute'), 'syntax-check: '],
  ['a need that there is not', text => text.replace('    runs-on', '    needs: other\n    runs-on'), 'job-needs: '],
])('actionlint notices %s', async (_, edit, said) => {
  expect(await actionlintSays(repository(PULL_REQUEST, edit), PULL_REQUEST)).toContain(said);
});

test('zizmor blames nothing but the credentials of the one job that pushes', () => {
  const folder = repository();
  const lines = fs.readFileSync(path.join(folder, UPGRADE), 'utf8').split('\n');
  const found = zizmor(folder).map(each => each.split(':'));
  expect(found.map(([rule]) => rule)).toEqual(['artipacked']);
  const line = Number(found[0][2]);
  // That job's first step, right below its rights.
  expect(lines.slice(line - 4, line).map(each => each.trim().replace(/ #.*|@.*/, ''))).toEqual([
    'contents: write', 'pull-requests: write', 'steps:', '- uses: actions/checkout',
  ]);
});

test.each<[string, string, Edit]>([
  ['unpinned-uses', 'an action by its tag', text => text.replace(/checkout@\w{40}/, 'checkout@v7')],
  ['template-injection', 'a text of somebody else\'s in a command', text =>
    text.replace('run: npm run --silent lint', 'run: echo "${{ github.event.pull_request.title }}"')],
  ['dangerous-triggers', 'the rights of the repository for code of a fork', text =>
    text.replace('pull_request: {}', 'pull_request_target: {}')],
  ['excessive-permissions', 'no word about rights', text =>
    text.replace('permissions: {}\n', '').replace(/ +permissions:\n.*\n/, '')],
  ['excessive-permissions', 'all rights', text => text.replace('permissions: {}', 'permissions: write-all')],
  ['artipacked', 'credentials in the checkout', text => text.replace(/ +persist-credentials: false\n/, '')],
  ['undocumented-permissions', 'a right to write without its reason', text =>
    text.replace('contents: read', 'contents: write')],
  ['concurrency-limits', 'runs side by side', text => text.replace(/concurrency:\n.*\n.*\n/, '')],
  ['secrets-inherit', 'all secrets for another workflow', text =>
    `${text}  other:\n    uses: ./.github/workflows/other.yml\n    secrets: inherit\n`],
])('zizmor notices, as %s, %s', (rule, _, edit) => {
  expect(zizmor(repository(PULL_REQUEST, edit)).map(found => found.split(':')[0])).toContain(rule);
});

const gitlabSays = (folder: string) =>
  run('check-jsonschema', '--builtin-schema', 'vendor.gitlab-ci', path.join(folder, GITLAB));

test('the pipeline for merge requests is what the schema of GitLab asks for', () => {
  expect(gitlabSays(repository())).toMatchObject({ status: 0 });
});

test.each<[string, Edit]>([
  ['a key that there is not', text => text.replace('interruptible:', 'interuptible:')],
  ['a key of a rule that there is not', text => text.replace('- if:', '- when_:')],
  ['artifacts for a time that there is not', text => text.replace('when: always', 'when: ever')],
  ['no script', text => text.replace(' script:', ' scripts:')],
])('the schema of GitLab notices %s', (_, edit) => {
  expect(gitlabSays(repository(GITLAB, edit)).status).toBe(1);
});
