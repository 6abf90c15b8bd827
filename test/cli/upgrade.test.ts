import * as fs from 'node:fs';
import * as path from 'node:path';
import { startingFiles } from './upgrade-fixture';
import { UpgradeWorld } from './upgrade-world';
import { upgrade } from '../../src/cli/upgrade/upgrade';

// Each upgrade starts a dozen programs, which takes its time on a busy machine.
jest.setTimeout(60_000);

const world = new UpgradeWorld();

describe('in a TypeScript repository', () => {
  beforeEach(() => world.repository(startingFiles('typescript')));

  test('packages come first, then the synth, the Python lock and the tests', async () => {
    expect(await upgrade([])).toBe(0);
    expect(world.calls()).toEqual([
      'uv --version',
      'npm view sagemaker-cicd-projen@latest version peerDependencies --json',
      'npm install --save-dev --no-audit --no-fund sagemaker-cicd-projen@1.1.0',
      'npm update --no-audit --no-fund',
      'npx projen',
      'uv lock --upgrade', 'uv sync --frozen',
      'npx projen test',
    ]);
  });

  test('the report says what changed, by package and by who owns the files', async () => {
    world.set({
      says: '👾 synced files: 1 merged\n👾   note       eta is 0.11 in your file',
      synth: { 'buildspec.yml': 'version: 2\n', 'model/train.py': '# new\nmine\n', 'new.txt': 'x\n' },
    });
    expect(await upgrade([])).toBe(0);
    const report = world.read('build/upgrade/report.md');
    expect(report).toContain('| sagemaker-cicd-projen | npm | 1.0.0 | 1.1.0 |');
    expect(report).toContain('| pandas | PyPI | 2.0.0 | 2.1.0 |');
    expect(report).toContain('1 other package changed.');
    expect(report).toContain('Unchanged: projen 0.103.25 (npm), aws-cdk-lib 2.275.0 (npm), sagemaker 3.27.0 (PyPI).');
    expect(report).toContain(
      '| `model/train.py` | merged with your changes | +1 -0 |',
    );
    expect(report).toContain('| `buildspec.yml` | generated from the options | +1 -1 |');
    expect(report).toContain('| `new.txt` | generated from the options | new |');
    expect(report).toContain('The repository\'s tests pass.');
    expect(world.printed).toContain(report);
    expect(world.printed).toContain('  synced files: 1 merged\n    note       eta is 0.11 in your file\n');
    expect(world.printed).not.toContain('default |');
    expect(world.result()).toEqual({
      changed: true, conflicts: [], testsPassed: true,
      versions: {
        npm: { 'sagemaker-cicd-projen': { before: '1.0.0', after: '1.1.0' } },
        pypi: { pandas: { before: '2.0.0', after: '2.1.0' }, numpy: { before: '1.0.0', after: '1.0.1' } },
      },
    });
  });

  test('neither the index nor the branch of the user is touched', async () => {
    const before = [world.git('rev-parse', 'HEAD'), world.git('ls-files', '--stage')];
    await upgrade([]);
    expect([world.git('rev-parse', 'HEAD'), world.git('ls-files', '--stage')]).toEqual(before);
  });

  test('nothing to upgrade is said, and nothing is tested', async () => {
    world.set({ newest: '1.0.0', uv: { unchanged: true } });
    expect(await upgrade([])).toBe(0);
    expect(world.printed).toContain('Nothing to upgrade');
    expect(world.calls().filter(call => /npm install|projen test/.test(call))).toEqual([]);
    expect(world.result()).toMatchObject({ changed: false, testsPassed: null });
  });

  test('an installed version that is newer than the newest published one stays', async () => {
    world.set({ newest: '1.0.0-rc.1' });
    await upgrade([]);
    expect(world.calls().filter(call => call.startsWith('npm install'))).toEqual([]);
  });

  test('what the new version wants of others is installed with it, when it has changed', async () => {
    world.set({ peers: { 'aws-cdk-lib': '^3.0.0', 'projen': '>=0.103.25 <1.0.0', 'constructs': '^11.0.0' } });
    await upgrade([]);
    expect(world.calls()).toContain(
      'npm install --save-dev --no-audit --no-fund sagemaker-cicd-projen@1.1.0 aws-cdk-lib@^3.0.0',
    );
  });

  test('conflicts are listed with the way to resolve them, the locks are finished, and nothing is tested', async () => {
    world.set({ conflict: 'model/train.py' });
    expect(await upgrade([])).toBe(3);
    expect(world.read('build/upgrade/report.md')).toMatch(
      /^## Conflicts in 1 file\n[^]*- `model\/train\.py`\n[^]*<<<<<<< yours/,
    );
    expect(world.read('build/upgrade/report.md')).toContain('| `model/train.py` | with conflicts |');
    expect(world.result()).toMatchObject({ changed: true, conflicts: ['model/train.py'], testsPassed: null });
    expect(world.calls().slice(-3)).toEqual([
      'npm install --no-audit --no-fund', 'uv lock --upgrade', 'uv sync --frozen',
    ]);
  });

  test('tests that fail are told after the report, with what they say', async () => {
    world.set({ fail: ['npx projen test'] });
    expect(await upgrade([])).toBe(4);
    expect(world.read('build/upgrade/report.md')).toMatch(/tests \*\*fail\*\*[^]*npx projen test: what went wrong/);
    expect(world.result()).toMatchObject({ changed: true, testsPassed: false });
  });

  test('--no-test leaves the tests out', async () => {
    expect(await upgrade(['--no-test'])).toBe(0);
    expect(world.calls()).not.toContain('npx projen test');
    expect(world.result()).toMatchObject({ testsPassed: null });
  });

  test.each([
    ['npm view', 'the registry cannot be reached'],
    ['npm install', 'the package cannot be installed'],
    ['npm update', 'an update fails'],
    ['npx projen', 'the synth fails'],
    ['uv lock', 'the Python packages cannot be resolved'],
  ])('when %s fails (%s), its own words are shown with the way back, and no result is left', async (command) => {
    world.write('build/upgrade/result.json', '{"of":"an earlier upgrade"}');
    world.set({ fail: [command] });
    const message = await world.failure();
    expect(message).toMatch(/^UserError: /);
    expect(message).toContain(`${command}: what went wrong`);
    expect(message).toContain('To undo: git checkout . && npm ci');
    expect(fs.existsSync(path.join(world.root, 'build/upgrade'))).toBe(false);
  });

  test('the synth is not told that it runs in a continuous integration, where projen would refuse a changed '
    + 'lock', async () => {
    process.env.CI = 'true';
    world.set({ requireCi: '0' });
    expect(await upgrade([])).toBe(0);
  });

  test('uncommitted changes are refused by name, unless they are allowed', async () => {
    world.write('model/train.py', 'changed\n');
    expect(await world.failure()).toMatch(/^UserError: There are uncommitted changes:\n {2}model\/train\.py\n/);
    expect(world.calls()).toEqual([]);
    expect(await upgrade(['--allow-dirty'])).toBe(0);
    expect(world.read('build/upgrade/report.md')).not.toContain('train.py');
  });

  test('with uncommitted changes the way back does not throw them away', async () => {
    world.write('model/train.py', 'changed\n');
    world.set({ fail: ['npm update'] });
    expect(await world.failure('--allow-dirty')).not.toContain('git checkout .');
  });

  test('open conflicts are refused by name', async () => {
    world.write('model/train.py', '<<<<<<< yours\na\n=======\nb\n>>>>>>> generated\n');
    world.write('.projen/conflicts/model/train.py', 'a\n');
    expect(await world.failure('--allow-dirty')).toMatch(
      /^UserError: model\/train\.py still has conflicts of an earlier synth/,
    );
  });

  test.each([
    [['--to', '1.0.5'], 'sagemaker-cicd-projen@1.0.5'],
    [['--', '--to=0.9.0'], 'sagemaker-cicd-projen@0.9.0'],
  ])('%j brings that very version', async (args, spec) => {
    await upgrade(args);
    expect(world.calls()).toContain(`npm install --save-dev --no-audit --no-fund ${spec}`);
  });

  test.each([
    [['--to', 'latest'], '--to takes a version such as 1.2.3, not "latest"'],
    [['--to'], '--to takes a version such as 1.2.3, not nothing'],
    [['--too'], 'Unknown argument: --too'],
  ])('%j is refused', async (args, message) => {
    expect(await world.failure(...args)).toContain(message);
    expect(world.calls()).toEqual([]);
  });

  test('--help shows the usage and changes nothing', async () => {
    expect(await upgrade(['--help'])).toBe(0);
    expect(world.printed).toContain('--allow-dirty');
    expect(world.calls()).toEqual([]);
  });
});
