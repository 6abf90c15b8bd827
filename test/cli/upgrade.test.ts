import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fakeProgram, Temporary } from './upgrade-fakes';
import { NPM, NPX, startingFiles, UV } from './upgrade-fixture';
import { upgrade } from '../../src/cli/upgrade/upgrade';
import { Memory } from '../../src/sync/memory';

// Each upgrade starts a dozen programs, which takes its time on a busy machine.
jest.setTimeout(60_000);

const temporary = new Temporary();
const cwd = process.cwd();
const { PATH, CI } = process.env;
let root: string;
let world: string;
let printed: string;

/** What the fake programs do: the registry's newest version, what a synth writes, which step fails. */
function setWorld(values: object): void {
  fs.writeFileSync(world, JSON.stringify({ newest: '1.1.0', peers: {}, synth: {}, fail: [], uv: {}, ...values }));
}

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: root, encoding: 'utf8' });
}

function write(file: string, content: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  // The memory of the engine is no text.
  fs.writeFileSync(path.join(root, file), content, 'latin1');
}

function repository(files: { readonly [file: string]: string }): void {
  Object.entries(files).forEach(([file, content]) => write(file, content));
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'start');
  process.chdir(root);
}

const calls = (): string[] => fs.readFileSync(process.env.FAKE_LOG!, 'utf8').split('\n').filter(Boolean).map(line => (JSON.parse(line) as string[]).join(' '));
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
const result = (): object => JSON.parse(read('build/upgrade/result.json')) as object;
async function failure(...args: string[]): Promise<string> {
  try {
    return `ended with exit code ${await upgrade(args)}`;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

beforeEach(() => {
  root = fs.realpathSync(temporary.make());
  const bin = temporary.make();
  world = path.join(bin, 'world.json');
  process.env.FAKE_LOG = path.join(bin, 'log');
  process.env.FAKE_STATE = world;
  fs.writeFileSync(process.env.FAKE_LOG, '');
  fakeProgram(bin, 'npm', NPM);
  fakeProgram(bin, 'npx', NPX);
  fakeProgram(bin, 'uv', UV);
  process.env.PATH = `${bin}${path.delimiter}${PATH}`;
  setWorld({});
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation(text => { printed += String(text); return true; });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.chdir(cwd);
  process.env.PATH = PATH;
  if (CI === undefined) { delete process.env.CI; } else { process.env.CI = CI; }
  temporary.remove();
});

describe('in a TypeScript repository', () => {
  beforeEach(() => repository(startingFiles('typescript')));

  test('packages come first, then the synth, the Python lock and the tests', async () => {
    expect(await upgrade([])).toBe(0);
    expect(calls()).toEqual([
      'uv --version',
      'npm view sagemaker-cicd-projen@latest version peerDependencies --json',
      'npm install --save-dev --no-audit --no-fund sagemaker-cicd-projen@1.1.0',
      'npm update --no-audit --no-fund',
      'npx projen',
      'uv lock --upgrade',
      'uv sync --frozen',
      'npx projen test',
    ]);
  });

  test('the report says what changed, by package and by who owns the files', async () => {
    setWorld({ says: '👾 synced files: 1 merged\n👾   note       eta is 0.11 by hand', synth: { 'buildspec.yml': 'version: 2\n', 'model/train.py': '# new\nmine\n', 'new.txt': 'x\n' } });
    expect(await upgrade([])).toBe(0);
    const report = read('build/upgrade/report.md');
    expect(report).toContain('| sagemaker-cicd-projen | npm | 1.0.0 | 1.1.0 |');
    expect(report).toContain('| pandas | PyPI | 2.0.0 | 2.1.0 |');
    expect(report).toContain('1 other package changed.');
    expect(report).toContain('Unchanged: projen 0.103.25 (npm), aws-cdk-lib 2.275.0 (npm), sagemaker 3.27.0 (PyPI).');
    expect(report).toContain('| `model/train.py` | brought up to date together with what you changed in them | +1 -0 |');
    expect(report).toContain('| `buildspec.yml` | written anew from the options | +1 -1 |');
    expect(report).toContain('| `new.txt` | written anew from the options | new |');
    expect(report).toContain('The repository\'s tests pass.');
    expect(printed).toContain(report);
    expect(printed).toContain('  synced files: 1 merged\n    note       eta is 0.11 by hand\n');
    expect(printed).not.toContain('default |');
    expect(result()).toEqual({
      changed: true, conflicts: [], testsPassed: true,
      versions: {
        npm: { 'sagemaker-cicd-projen': { before: '1.0.0', after: '1.1.0' } },
        pypi: { pandas: { before: '2.0.0', after: '2.1.0' }, numpy: { before: '1.0.0', after: '1.0.1' } },
      },
    });
  });

  test('neither the index nor the branch of the user is touched', async () => {
    const before = [git('rev-parse', 'HEAD'), git('ls-files', '--stage')];
    await upgrade([]);
    expect([git('rev-parse', 'HEAD'), git('ls-files', '--stage')]).toEqual(before);
  });

  test('nothing to upgrade is said, and nothing is tested', async () => {
    setWorld({ newest: '1.0.0', uv: { unchanged: true } });
    expect(await upgrade([])).toBe(0);
    expect(printed).toContain('Nothing to upgrade');
    expect(calls().filter(call => /npm install|projen test/.test(call))).toEqual([]);
    expect(result()).toMatchObject({ changed: false, testsPassed: null });
  });

  test('an installed version that is newer than the newest published one stays', async () => {
    setWorld({ newest: '1.0.0-rc.1' });
    await upgrade([]);
    expect(calls().filter(call => call.startsWith('npm install'))).toEqual([]);
  });

  test('what the new version wants of others is installed with it, when it has changed', async () => {
    setWorld({ peers: { 'aws-cdk-lib': '^3.0.0', 'projen': '>=0.103.25 <1.0.0', 'constructs': '^11.0.0' } });
    await upgrade([]);
    expect(calls()).toContain('npm install --save-dev --no-audit --no-fund sagemaker-cicd-projen@1.1.0 aws-cdk-lib@^3.0.0');
  });

  test('conflicts are listed with the way to resolve them, the locks are finished, and nothing is tested', async () => {
    setWorld({ conflict: 'model/train.py' });
    expect(await upgrade([])).toBe(3);
    expect(read('build/upgrade/report.md')).toMatch(/^## Conflicts in 1 file\n[^]*- `model\/train\.py`\n[^]*<<<<<<< yours/);
    expect(read('build/upgrade/report.md')).toContain('| `model/train.py` | with conflicts |');
    expect(result()).toMatchObject({ changed: true, conflicts: ['model/train.py'], testsPassed: null });
    expect(calls().slice(-3)).toEqual(['npm install --no-audit --no-fund', 'uv lock --upgrade', 'uv sync --frozen']);
  });

  test('tests that fail are told after the report, with what they say', async () => {
    setWorld({ fail: ['npx projen test'] });
    expect(await upgrade([])).toBe(4);
    expect(read('build/upgrade/report.md')).toMatch(/tests \*\*fail\*\*[^]*npx projen test: what went wrong/);
    expect(result()).toMatchObject({ changed: true, testsPassed: false });
  });

  test('--no-test leaves the tests out', async () => {
    expect(await upgrade(['--no-test'])).toBe(0);
    expect(calls()).not.toContain('npx projen test');
    expect(result()).toMatchObject({ testsPassed: null });
  });

  test.each([
    ['npm view', 'the registry cannot be reached'],
    ['npm install', 'the package cannot be installed'],
    ['npm update', 'an update fails'],
    ['npx projen', 'the synth fails'],
    ['uv lock', 'the Python packages cannot be resolved'],
  ])('when %s fails (%s), its own words are shown with the way back, and no result is left', async (command) => {
    write('build/upgrade/result.json', '{"of":"an earlier upgrade"}');
    setWorld({ fail: [command] });
    const message = await failure();
    expect(message).toMatch(/^UserError: /);
    expect(message).toContain(`${command}: what went wrong`);
    expect(message).toContain('To return to where you were: git checkout . && npm ci');
    expect(fs.existsSync(path.join(root, 'build/upgrade'))).toBe(false);
  });

  test('the synth is not told that it runs in a continuous integration, where projen would refuse a changed lock', async () => {
    process.env.CI = 'true';
    setWorld({ requireCi: '0' });
    expect(await upgrade([])).toBe(0);
  });

  test('uncommitted changes are refused by name, unless they are allowed', async () => {
    write('model/train.py', 'changed\n');
    expect(await failure()).toMatch(/^UserError: There are uncommitted changes:\n {2}model\/train\.py\n/);
    expect(calls()).toEqual([]);
    expect(await upgrade(['--allow-dirty'])).toBe(0);
    expect(read('build/upgrade/report.md')).not.toContain('train.py');
  });

  test('with uncommitted changes the way back does not throw them away', async () => {
    write('model/train.py', 'changed\n');
    setWorld({ fail: ['npm update'] });
    expect(await failure('--allow-dirty')).not.toContain('git checkout .');
  });

  test('open conflicts are refused by name', async () => {
    write('model/train.py', '<<<<<<< yours\na\n=======\nb\n>>>>>>> generated\n');
    write('.projen/conflicts/model/train.py', 'a\n');
    expect(await failure('--allow-dirty')).toMatch(/^UserError: There are still conflicts of an earlier synth in model\/train\.py/);
  });

  test.each([
    [['--to', '1.0.5'], 'sagemaker-cicd-projen@1.0.5'],
    [['--', '--to=0.9.0'], 'sagemaker-cicd-projen@0.9.0'],
  ])('%j brings that very version', async (args, spec) => {
    await upgrade(args);
    expect(calls()).toContain(`npm install --save-dev --no-audit --no-fund ${spec}`);
  });

  test.each([
    [['--to', 'latest'], '--to takes a version such as 1.2.3, not "latest"'],
    [['--to'], '--to takes a version such as 1.2.3, not nothing'],
    [['--too'], 'There is no argument --too'],
  ])('%j is refused', async (args, message) => {
    expect(await failure(...args)).toContain(message);
    expect(calls()).toEqual([]);
  });

  test('--help shows the usage and changes nothing', async () => {
    expect(await upgrade(['--help'])).toBe(0);
    expect(printed).toContain('--allow-dirty');
    expect(calls()).toEqual([]);
  });
});

describe('a rc file that names a range', () => {
  const ranged = (version: string): { [file: string]: string } => ({
    ...startingFiles('typescript'),
    '.projen/deps.json': JSON.stringify({ dependencies: [{ name: 'sagemaker-cicd-projen', type: 'build', version }] }),
  });

  test('gets the newest version in it', async () => {
    repository(ranged('^1.0.0'));
    setWorld({ versions: ['1.0.0', '1.0.9', '1.0.10'] });
    await upgrade([]);
    expect(calls()).toContain('npm install --save-dev --no-audit --no-fund sagemaker-cicd-projen@1.0.10');
  });

  test('rules out what --to asks for', async () => {
    repository(ranged('^1.0.0'));
    setWorld({ versions: ['1.0.0', '1.0.9'] });
    expect(await failure('--to', '2.0.0')).toContain('.projenrc.ts asks for sagemaker-cicd-projen@^1.0.0, which rules 2.0.0 out');
  });

  test('is left alone when it is a file', async () => {
    repository(ranged('file:../mine.tgz'));
    expect(await upgrade([])).toBe(0);
    expect(calls().filter(call => call.includes('sagemaker-cicd-projen'))).toEqual([]);
    expect(printed).toContain('stays as it is');
  });
});

describe('in a Python repository', () => {
  beforeEach(() => repository(startingFiles('python')));

  test('this package comes with uv, npm brings projen and the command line of the CDK', async () => {
    expect(await upgrade([])).toBe(0);
    expect(calls()).toEqual([
      'uv --version',
      'uv lock --upgrade-package sagemaker-cicd-projen', 'uv sync --frozen',
      'npm update --no-audit --no-fund', 'npx projen', 'uv lock --upgrade', 'uv sync --frozen', 'npx projen test',
    ]);
  });

  test('--to is kept by the second lock, too', async () => {
    await upgrade(['--to', '1.0.5']);
    expect(calls().filter(call => call.startsWith('uv lock'))).toEqual([
      'uv lock --upgrade-package sagemaker-cicd-projen==1.0.5', 'uv lock --upgrade --upgrade-package sagemaker-cicd-projen==1.0.5',
    ]);
  });

  test('the way back installs both kinds of packages', async () => {
    setWorld({ fail: ['uv lock'] });
    expect(await failure()).toContain('git checkout . && npm ci && uv sync --frozen');
  });
});

test('an ejected repository gets its dependencies and nothing else', async () => {
  const files = Object.entries(startingFiles('typescript')).filter(([file]) => !/^\.projen/.test(file));
  const manifest = { devDependencies: { 'sagemaker-cicd-projen': '^1.0.0' }, scripts: { test: 'sh scripts/tasks.sh test' } };
  repository({ ...Object.fromEntries(files), 'package.json': JSON.stringify(manifest) });
  expect(await upgrade([])).toBe(0);
  expect(calls()).toEqual(['uv --version', 'npm update --no-audit --no-fund', 'uv lock --upgrade', 'uv sync --frozen', 'npm run --silent test']);
  expect(printed).toContain('dependencies alone');
});

test('a directory without a repository is refused', async () => {
  write('package.json', '{}');
  process.chdir(root);
  expect(await failure()).toContain('is in no git repository');
  fs.rmSync(path.join(root, 'package.json'));
  expect(await failure()).toContain('There is no package.json');
});

test('the fixture\'s memory is one that the engine reads', () => {
  repository(startingFiles('typescript'));
  expect(Memory.load(root).of('model/train.py')?.entries()).toHaveLength(1);
});
