/**
 * Everything that has to hold before a change is taken: build, linters, tests in process, end-to-end tests. Prints the sum at the end.
 *
 * `npm test -- unit` runs single stages; their names are build, lint, unit, python and integ.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT, toolEnvironment } from './python-tools';

interface Sum { passed: number; failed: number; skipped: number }

const sum: Sum = { passed: 0, failed: 0, skipped: 0 };
const results = path.join(ROOT, 'build', 'test-results');
const started = Date.now();
const local = (program: string): string => path.join(ROOT, 'node_modules', '.bin', program);

function say(text: string): void {
  process.stdout.write(`\n=== ${text} (${Math.round((Date.now() - started) / 1000)} s)\n`);
}

function run(command: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): boolean {
  const result = spawnSync(command, args, { cwd: options.cwd ?? ROOT, stdio: 'inherit', env: { ...process.env, ...options.env } });
  return result.status === 0;
}

/** A check without a count of its own, such as a linter, counts as one test. */
function check(name: string, ok: boolean): boolean {
  sum[ok ? 'passed' : 'failed'] += 1;
  if (!ok) { process.stdout.write(`FAILED: ${name}\n`); }
  return ok;
}

function jest(name: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
  const report = path.join(results, `${name}.json`);
  fs.rmSync(report, { force: true });
  const ok = run(local('jest'), [...args, '--ci', '--json', `--outputFile=${report}`], { env });
  if (!fs.existsSync(report)) { check(`${name}: jest did not finish`, false); return; }
  const counts = JSON.parse(fs.readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number; numPendingTests: number; numFailedTestSuites: number };
  sum.passed += counts.numPassedTests;
  sum.failed += counts.numFailedTests;
  sum.skipped += counts.numPendingTests;
  if (!ok && counts.numFailedTests === 0) { check(`${name}: ${counts.numFailedTestSuites} test files did not run`, false); }
}

function pytest(name: string, python: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
  const report = path.join(results, `${name}.xml`);
  fs.rmSync(report, { force: true });
  const ok = run(python, ['-m', 'pytest', '-q', `--junitxml=${report}`, '-p', 'no:cacheprovider', ...args], { cwd, env });
  const suite = fs.existsSync(report) ? /<testsuite [^>]*>/.exec(fs.readFileSync(report, 'utf8'))?.[0] : undefined;
  if (!suite) { check(`${name}: pytest did not finish`, false); return; }
  const count = (attribute: string): number => Number(new RegExp(` ${attribute}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  sum.failed += failed;
  sum.skipped += count('skipped');
  sum.passed += count('tests') - failed - count('skipped');
  if (count('tests') === 0 || (!ok && failed === 0)) { check(`${name}: pytest ran no test or ended badly`, false); }
}

function unchanged(files: string[]): boolean {
  return run('git', ['diff', '--exit-code', '--stat', '--', ...files]);
}

function generatedFiles(): string[] {
  return (JSON.parse(fs.readFileSync(path.join(ROOT, '.projen', 'files.json'), 'utf8')) as { files: string[] }).files;
}

const stages: { readonly [name: string]: () => void } = {
  build: () => {
    say('build: compile, pack for npm and Python');
    check('the generated files are as committed', run(local('tsx'), ['.projenrc.ts'], { env: { PROJEN_DISABLE_POST: 'true' } }) && unchanged(generatedFiles()));
    check('compile', run(local('projen'), ['compile']))
      && check('API.md and docs/roles.md are as committed', run(local('projen'), ['docgen']) && unchanged(['API.md', 'docs/roles.md']))
      && check('package for npm and Python', run(local('projen'), ['package-all']));
  },
  lint: () => {
    const tools = toolEnvironment('tools');
    say('lint: eslint, TypeScript, ruff, mypy');
    check('eslint', run(local('eslint'), ['--ext', '.ts', '--no-error-on-unmatched-pattern', '--max-warnings', '0', 'src', 'projenrc', 'scripts', 'test', 'testing', 'integ', 'bench', 'examples', 'templates/infra-ts', '.projenrc.ts'], { env: { ESLINT_USE_FLAT_CONFIG: 'false' } }));
    check('types of tests, scripts and templates', run(local('tsc'), ['--noEmit', '--project', 'tsconfig.dev.json']));
    for (const directory of ['runner', 'templates/python', 'templates/deploy-tools', 'templates/infra-py', 'integ/python']) {
      check(`ruff in ${directory}`, run(tools.bin('ruff'), ['check', '--no-cache', '.'], { cwd: path.join(ROOT, directory) }));
    }
    for (const [directory, args] of [
      ['runner', []],
      ['templates/python', ['--config-file', '../python-tools.toml']],
      ['templates/deploy-tools', ['.']],
      ['templates/infra-py', ['--strict', '--ignore-missing-imports', 'app.py']],
    ] as const) {
      check(`mypy in ${directory}`, run(tools.bin('mypy'), [...args], { cwd: path.join(ROOT, directory) }));
    }
  },
  unit: () => {
    say('unit: tests in process');
    jest('unit', ['--config', 'jest.config.json']);
  },
  python: () => {
    const tools = toolEnvironment('tools');
    say('python: the runner and the templates as they are');
    pytest('runner', tools.bin('python'), [], path.join(ROOT, 'runner'));
    pytest('templates', tools.bin('python'), ['-c', '../python-tools.toml', '--rootdir', '.', 'tests'], path.join(ROOT, 'templates', 'python'), {
      PYTHONPATH: ['.', 'model'].join(path.delimiter),
    });
  },
  integ: () => {
    const tools = toolEnvironment('tools');
    const sdk = toolEnvironment('sdk');
    say('integ: packed packages, real registries, the real SDK, a real browser');
    const env = { TOOLS_VENV: tools.directory, SDK_VENV: sdk.directory, TRAINING_PYTHON: tools.bin('python') };
    pytest('sdk', sdk.bin('python'), ['integ/python'], ROOT, env);
    jest('integ', ['--config', 'integ/jest.config.json', '--runInBand'], env);
  },
};

const wanted = process.argv.slice(2).filter(arg => !arg.startsWith('-'));
const unknown = wanted.filter(name => !(name in stages));
if (unknown.length > 0) {
  process.stderr.write(`There is no stage ${unknown.join(', ')}; the stages are ${Object.keys(stages).join(', ')}.\n`);
  process.exit(2);
}
fs.mkdirSync(results, { recursive: true });
for (const [name, stage] of Object.entries(stages)) {
  if (wanted.length === 0 || wanted.includes(name)) { stage(); }
}
say('done');
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}\n`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
