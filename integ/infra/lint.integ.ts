import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { synthesize, synthesizeAuditTrail, synthesizeModelApis } from '../../testing/deliveries/assemblies';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, temporary } from '../../testing/deliveries/synth';
import { selection } from '../../testing/selection';

const KINDS_IN_A_SHORT_RUN = 18;

/**
 * The bucket of access logs has none itself; a log or a queue whose key is somebody else's is encrypted with the
 * service's; a serverless endpoint cannot be isolated from the network. Functions of an API wait for nothing in a VPC,
 * have no events to keep, take what concurrency there is, and no secrets as variables; an API caches nothing, and sends
 * no traces to X-Ray; a preflight request has no signature. Jira signs what it sends, with no AWS credentials.
 */
const SKIPPED = [
  'CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117', 'CKV_AWS_120', 'CKV_AWS_158', 'CKV_AWS_173', 'CKV_AWS_18', 'CKV_AWS_258',
  'CKV_AWS_27', 'CKV_AWS_364', 'CKV_AWS_370', 'CKV_AWS_59', 'CKV_AWS_73',
];

const tools = process.env.TOOLS_VENV;
if (!tools) { throw new Error('TOOLS_VENV must name a Python environment made from integ/requirements/tools.txt.'); }
afterAll(cleanUp);

function run(tool: string, args: string[]): { readonly status: number | null; readonly output: string } {
  const env = { ...process.env, LOG_LEVEL: 'ERROR' };
  const { status, stdout, stderr } = spawnSync(path.join(tools!, 'bin', tool), args, {
    encoding: 'utf-8', env, maxBuffer: 256 * 1024 * 1024,
  });
  return { status, output: `${stdout}${stderr}` };
}

function templates(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf-8' }).filter(f =>
    f.endsWith('.template.json')).map(f => path.join(folder, f));
}

/**
 * Templates that differ in more than names, addresses and numbers: what a linter says about the others it says about
 * these.
 */
function distinct(files: readonly string[]): string[] {
  const shapes = new Map(files.map(file =>
    [JSON.stringify(shape(JSON.parse(fs.readFileSync(file, 'utf-8')) as unknown)), file]));
  return [...shapes.values()];
}

/** A template without names: words such as types and modes stay, as do the numbers of logical ids. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) { return value.map(shape); }
  if (typeof value === 'string') { return /[-/\d{]/.test(value) ? '' : value; }
  if (typeof value !== 'object' || value === null) { return value; }
  return Object.fromEntries(Object.entries(value).map(([
    key, inner,
  ]) => [key.replace(/[0-9A-F]{8}$/, ''), shape(inner)]));
}

interface Checked {
  readonly results: { readonly failed_checks: object[]; readonly skipped_checks: Skipped[] };
  readonly summary: { readonly passed: number };
}
interface Skipped { readonly check_id: string; readonly check_result: { readonly suppress_comment?: string } }

describe('the templates of every delivery', () => {
  const parent = temporary();
  Object.keys(DELIVERIES).forEach(name => synthesize(name, parent));
  synthesizeAuditTrail(parent);
  synthesizeModelApis(parent);
  const all = templates(parent);
  const kinds = distinct(all);
  const linted = selection('kinds of templates to lint', kinds, KINDS_IN_A_SHORT_RUN);
  const whole = linted.length === kinds.length;
  const folder = temporary();
  // Checkov takes forty letters in the name of a file for a secret.
  const shown = (file: string) => path.basename(file).replace(/(?=[0-9A-F]{8}\.template)/, '-');
  linted.forEach((file, i) => fs.copyFileSync(file, path.join(folder, `${i}-${shown(file)}`)));

  test('are many, of few kinds', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(kinds.length).toBeGreaterThan(40);
  });

  test('give cfn-lint no error and no warning, in regions of two partitions', () => {
    // Options refuse a function with an address of its own where there is none.
    const isAddressed = (file: string) => fs.readFileSync(file, 'utf-8').includes('"AWS::Lambda::Url"');
    const files = templates(folder);
    for (const [regions, some] of [
      [['eu-west-1', 'us-gov-west-1'], files.filter(file => !isAddressed(file))],
      [['eu-west-1'], files.filter(isAddressed)],
    ]) {
      if (some.length === 0) { continue; }
      const { status, output } = run('cfn-lint', ['--regions', ...regions, '--template', ...some]);
      expect(output).toBe('');
      expect(status).toBe(0);
    }
  });

  test('fail no check of checkov, and skip only those whose reasons are in the templates', () => {
    const { output } = run('checkov', [
      '--directory', folder, '--framework', 'cloudformation', '--skip-download', '--output', 'json',
    ]);
    const checked = [JSON.parse(output) as Checked | Checked[]].flat();
    const skipped = checked.flatMap(c => c.results.skipped_checks);
    expect(checked.flatMap(c => c.results.failed_checks)).toEqual([]);
    const rules = [...new Set(skipped.map(c => c.check_id))].sort();
    expect(rules).toEqual(whole ? SKIPPED : SKIPPED.filter(r => rules.includes(r)));
    expect(skipped.filter(c => !c.check_result.suppress_comment)).toEqual([]);
    expect(checked.reduce((sum, c) => sum + c.summary.passed, 0)).toBeGreaterThan(whole ? 500 : 5 * linted.length);
  });
});

test('cfn-lint notices a template that is broken', () => {
  const folder = synthesize('default');
  const [file] = templates(folder).filter(f => f.includes('delivery'));
  fs.writeFileSync(file, fs.readFileSync(file, 'utf-8').replace(/"PipelineType": "V2"/g, '"PipelineType": "V9"'));
  expect(run('cfn-lint', ['--template', file]).output).toContain('V9');
});

// The stage lint of `npm test` looks at the deploy tools in the same way, and at all Python with ruff.
test('the Python of preflight is clean for mypy in strict mode', () => {
  const configuration = path.resolve(__dirname, '..', '..', 'tools');
  const cache = path.join(configuration, '..', 'build', 'mypy-preflight');
  const args = [
    '--config-file', path.join(configuration, 'mypy.ini'), '--cache-dir', cache, path.join(configuration, 'preflight'),
  ];
  expect(run('mypy', args)).toMatchObject({ status: 0 });
});
