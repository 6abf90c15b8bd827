import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Project } from 'projen';
import { UpgradeWorkflow } from '../../src/project';
import { cleanUp, temporary } from '../../testing/deliveries/synth';

const FILE = '.github/workflows/upgrade.yml';

const tools = process.env.TOOLS_VENV;
if (!tools) { throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.'); }
afterAll(cleanUp);

function run(tool: string, ...args: string[]): { readonly status: number | null; readonly output: string } {
  const env = { ...process.env, LOG_LEVEL: 'ERROR' };
  const { status, stdout, stderr } = spawnSync(path.join(tools!, 'bin', tool), args, { encoding: 'utf-8', env });
  return { status, output: `${stdout}${stderr}` };
}

/** A repository with nothing but the workflow, after an edit of its text. */
function repository(edit = (text: string) => text): string {
  const outdir = temporary();
  const project = new Project({ name: 'churn', outdir });
  new UpgradeWorkflow(project, { schedule: 'weekly', baseBranch: 'main' });
  project.synth();
  const file = path.join(outdir, FILE);
  const text = fs.readFileSync(file, 'utf-8');
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, edit(text));
  return outdir;
}

/** What the schema of workflows, which checkov brings along, says of a file; nothing where it agrees. */
function schemaErrors(folder: string): string[] {
  const { output } = run('python', '-c', [
    'import sys, yaml, jsonschema',
    'from checkov.github_actions.schemas import gha_workflow as schema',
    // YAML 1.1 reads the key `on` as true, GitHub does not.
    'workflow = yaml.load(open(sys.argv[1]), yaml.BaseLoader)',
    'checker = jsonschema.Draft7Validator(schema)',
    'for error in checker.iter_errors(workflow): print(error.json_path, error.message[:200])',
  ].join('\n'), path.join(folder, FILE));
  return output.split('\n').filter(Boolean);
}

test('the workflow of upgrades is what the schema of workflows asks for', () => {
  expect(schemaErrors(repository())).toEqual([]);
});

test.each<[string, (text: string) => string, string]>([
  ['a right that there is not', text => text.replace('contents: read', 'contents: push'), 'push'],
  ['a wrong key below another', text => text.replace('group: upgrade', 'grop: upgrade'), 'grop'],
  ['a key that there is not', text => text.replace('permissions: {}', 'permission: {}'), 'permission'],
])('the schema notices %s', (_, edit, word) => {
  expect(schemaErrors(repository(edit)).join('\n')).toContain(word);
});

test('checkov blames nothing in the workflow, and a text of somebody else\'s in a command', () => {
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
  const injected = repository(text => text.replace('run: npm ci', 'run: echo ${{ github.event.issue.title }}'));
  expect(checked(injected).failed).toEqual(['CKV_GHA_2']);
});
