import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { demoDirectory, rememberState } from '../../scripts/demo/directory';
import { checkMachine } from '../../scripts/demo/machine';

let home: string;
let parent: string;

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-'));
  parent = path.join(home, 'demo');
});

afterEach(() => fs.rmSync(home, { recursive: true }));

function make(): string {
  const directory = demoDirectory(parent, 'model');
  fs.writeFileSync(path.join(directory, 'train.py'), 'made by the demo');
  const git = (...args: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: directory });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'made');
  rememberState(directory);
  return directory;
}

test('a directory that the demo did not make stays as it is', () => {
  fs.mkdirSync(parent);
  fs.writeFileSync(path.join(parent, 'mine.txt'), 'mine');
  expect(() => demoDirectory(parent, 'model')).toThrow('was not made by this demo');
  expect(fs.readdirSync(parent)).toEqual(['mine.txt']);
});

test('the repository of the last demo is replaced, what lies beside it is not', () => {
  make();
  fs.writeFileSync(path.join(parent, 'mine.txt'), 'mine');
  const again = demoDirectory(parent, 'model');
  expect(fs.readdirSync(again)).toEqual([]);
  expect(fs.readdirSync(parent).sort()).toEqual(['.made-by-npm-run-demo', 'mine.txt', 'model']);
});

test.each([
  ['a new file', 'notes.md'],
  ['a changed file', 'train.py'],
])('a repository in which somebody has worked (%s) is put aside', (_, file) => {
  fs.writeFileSync(path.join(make(), file), 'written by hand');
  demoDirectory(parent, 'model');
  const aside = fs.readdirSync(parent).filter(name => name.startsWith('model-'));
  expect(aside).toHaveLength(1);
  expect(fs.readFileSync(path.join(parent, aside[0], file), 'utf8')).toBe('written by hand');
  expect(fs.readdirSync(path.join(parent, 'model'))).toEqual([]);
});

test('a repository that was left half made is replaced', () => {
  fs.writeFileSync(path.join(demoDirectory(parent, 'model'), 'half'), '');
  expect(fs.readdirSync(demoDirectory(parent, 'model'))).toEqual([]);
});

test('a machine that lacks something is told all of it at once, and nothing is begun', () => {
  const root = path.resolve(__dirname, '..', '..');
  const result = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/demo.ts'], {
    cwd: root, env: { PATH: home }, encoding: 'utf8',
  });
  expect(result.status).toBe(1);
  expect(result.stdout).toBe('');
  for (const words of ['program git', 'program npm', 'No Python 3.11 or later']) {
    expect(result.stderr).toContain(words);
  }
});

test('a Node.js that is too old is named with its version', () => {
  expect(() => checkMachine('18.20.0')).toThrow('Node.js is 18.20.0; version 20 or later is needed');
});

test('this machine has what the demo needs', () => {
  expect(() => checkMachine()).not.toThrow();
});
