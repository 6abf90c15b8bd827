import { EventEmitter } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { adoptWithProjen } from '../../src/cli/adopt/find-projen';
import { inRange } from '../../src/cli/shared/semver';
import { runTool } from '../../src/cli/shared/tool';

const spawned: Array<{ args: string[]; env: NodeJS.ProcessEnv }> = [];
jest.mock('node:child_process', () => ({
  ...jest.requireActual<object>('node:child_process'),
  spawn: (_: string, args: string[], { env }: { env: NodeJS.ProcessEnv }) => {
    spawned.push({ args, env });
    const child = new EventEmitter();
    setImmediate(() => child.emit('close', 7));
    return child;
  },
}));
jest.mock('../../src/cli/shared/tool', () => ({ runTool: jest.fn() }));

let root: string;
let fetched: { directory: string; args: readonly string[]; settings: string } | undefined;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'adopt-projen-test-'));
  spawned.length = 0;
  fetched = undefined;
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  jest.mocked(runTool).mockImplementation(async (_, args, { cwd }) => {
    fetched = { directory: cwd, args, settings: fs.readFileSync(path.join(cwd, '.npmrc'), 'utf8') };
    return Promise.resolve({ status: 0, stdout: '', output: '' });
  });
  fs.writeFileSync(path.join(root, '.npmrc'), 'registry=https://npm.example.com/\n');
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(root, { recursive: true });
});

function installed(name: string, version: string): void {
  fs.mkdirSync(path.join(root, 'node_modules', name), { recursive: true });
  fs.writeFileSync(path.join(root, 'node_modules', name, 'package.json'), JSON.stringify({ version }));
}

test('the projen of the repository is used when it fits', async () => {
  installed('projen', '0.104.0');
  installed('constructs', '10.6.0');
  expect(await adoptWithProjen(root, ['--name', 'churn'])).toBe(7);
  expect(fetched).toBeUndefined();
  expect(spawned[0].args.slice(1)).toEqual(['adopt', '--name', 'churn']);
  expect(spawned[0].env.NODE_PATH?.split(path.delimiter)[0]).toBe(path.join(root, 'node_modules'));
});

test.each([['none'], ['0.90.0']])(
  "with %s in the repository one is fetched by the repository's own settings, and removed again",
  async version => {
    if (version !== 'none') { installed('projen', version); }
    expect(await adoptWithProjen(root, [])).toBe(7);
    expect(fetched?.args.slice(-2)).toEqual([
      expect.stringMatching(/^projen@>=0/),
      expect.stringMatching(/^constructs@\^10/),
    ]);
    expect(fetched?.settings).toContain('npm.example.com');
    expect(spawned[0].env.NODE_PATH).toContain(path.join(fetched!.directory, 'node_modules'));
    expect(fs.existsSync(fetched!.directory)).toBe(false);
  },
);

test('that it cannot be fetched is told in npm\'s words, and nothing is left', async () => {
  let directory = '';
  jest.mocked(runTool).mockImplementation(async (_, __, { cwd }) => {
    directory = cwd;
    return Promise.resolve({ status: 1, stdout: '', output: 'npm error network\n' });
  });
  await expect(adoptWithProjen(root, [])).rejects.toThrow(
    /projen could not be fetched .*\n\nnpm error network\n\nNothing was written\./,
  );
  expect(spawned).toEqual([]);
  expect(fs.existsSync(directory)).toBe(false);
});

test('a run that was given projen and still does not find it does not look again', async () => {
  process.env.SAGEMAKER_CICD_PROJEN_MODULES = '/nowhere';
  try {
    await expect(adoptWithProjen(root, [])).rejects.toThrow('projen was not found in /nowhere');
  } finally {
    delete process.env.SAGEMAKER_CICD_PROJEN_MODULES;
  }
  expect(spawned).toEqual([]);
});

test.each([
  ['0.103.25', '>=0.103.25 <1.0.0', true],
  ['0.103.24', '>=0.103.25 <1.0.0', false],
  ['1.0.0', '>=0.103.25 <1.0.0', false],
  ['10.6.1', '^10.5.0', true],
  ['11.0.0', '^10.5.0', false],
  ['10.4.9', '^10.5.0', false],
  ['1.0.0', 'latest', false],
])('%s in %s: %p', (version, range, expected) => {
  expect(inRange(version, range)).toBe(expected);
});
