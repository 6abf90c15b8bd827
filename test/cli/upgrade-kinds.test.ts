import * as fs from 'node:fs';
import * as path from 'node:path';
import { startingFiles } from './upgrade-fixture';
import { UpgradeWorld } from './upgrade-world';
import { upgrade } from '../../src/cli/upgrade/upgrade';
import { Memory } from '../../src/sync/memory';

// Each upgrade starts a dozen programs, which takes its time on a busy machine.
jest.setTimeout(60_000);

const world = new UpgradeWorld();

describe('a rc file that names a range', () => {
  const ranged = (version: string): { [file: string]: string } => ({
    ...startingFiles('typescript'),
    '.projen/deps.json': JSON.stringify({ dependencies: [{ name: 'sagemaker-cicd-projen', type: 'build', version }] }),
  });

  test('gets the newest version in it', async () => {
    world.repository(ranged('^1.0.0'));
    world.set({ versions: ['1.0.0', '1.0.9', '1.0.10'] });
    await upgrade([]);
    expect(world.calls()).toContain('npm install --save-dev --no-audit --no-fund sagemaker-cicd-projen@1.0.10');
  });

  test('rules out what --to asks for', async () => {
    world.repository(ranged('^1.0.0'));
    world.set({ versions: ['1.0.0', '1.0.9'] });
    expect(await world.failure('--to', '2.0.0')).toContain(
      '.projenrc.ts requires sagemaker-cicd-projen@^1.0.0, which excludes 2.0.0',
    );
  });

  test('is left alone when it is a file', async () => {
    world.repository(ranged('file:../mine.tgz'));
    expect(await upgrade([])).toBe(0);
    expect(world.calls().filter(call => call.includes('sagemaker-cicd-projen'))).toEqual([]);
    expect(world.printed).toContain('is not upgraded');
  });
});

describe('in a Python repository', () => {
  beforeEach(() => world.repository(startingFiles('python')));

  test('this package comes with uv, npm brings projen and the command line of the CDK', async () => {
    expect(await upgrade([])).toBe(0);
    expect(world.calls()).toEqual([
      'uv --version',
      'uv lock --upgrade-package sagemaker-cicd-projen', 'uv sync --frozen',
      'npm update --no-audit --no-fund', 'npx projen', 'uv lock --upgrade', 'uv sync --frozen', 'npx projen test',
    ]);
  });

  test('--to is kept by the second lock, too', async () => {
    await upgrade(['--to', '1.0.5']);
    expect(world.calls().filter(call => call.startsWith('uv lock'))).toEqual([
      'uv lock --upgrade-package sagemaker-cicd-projen==1.0.5',
      'uv lock --upgrade --upgrade-package sagemaker-cicd-projen==1.0.5',
    ]);
  });

  test('the way back installs both kinds of packages', async () => {
    world.set({ fail: ['uv lock'] });
    expect(await world.failure()).toContain('git checkout . && npm ci && uv sync --frozen');
  });
});

test('an ejected repository gets its dependencies and nothing else', async () => {
  const files = Object.entries(startingFiles('typescript')).filter(([file]) => !/^\.projen/.test(file));
  const manifest = {
    devDependencies: { 'sagemaker-cicd-projen': '^1.0.0' },
    scripts: { test: 'sh scripts/tasks.sh test' },
  };
  world.repository({ ...Object.fromEntries(files), 'package.json': JSON.stringify(manifest) });
  expect(await upgrade([])).toBe(0);
  expect(world.calls()).toEqual([
    'uv --version', 'npm update --no-audit --no-fund', 'uv lock --upgrade', 'uv sync --frozen', 'npm run --silent test',
  ]);
  expect(world.printed).toContain('only dependencies');
});

test('a directory without a repository is refused', async () => {
  world.write('package.json', '{}');
  process.chdir(world.root);
  expect(await world.failure()).toContain('is not in a git repository');
  fs.rmSync(path.join(world.root, 'package.json'));
  expect(await world.failure()).toContain('There is no package.json');
});

test('the fixture\'s memory is one that the engine reads', () => {
  world.repository(startingFiles('typescript'));
  expect(Memory.load(world.root).of('model/train.py')?.entries()).toHaveLength(1);
});
