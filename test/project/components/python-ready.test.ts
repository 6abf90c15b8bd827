import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SageMakerCicdProject } from '../../../src/project';
import { projectDirectory } from '../../../testing/project-directory';

const directory = projectDirectory();

/**
 * Runs the script beside a uv that notes what it is asked; `fits` says whether the lock is what pyproject.toml asks
 * for.
 */
function ready(
  fits: boolean, env: { readonly [name: string]: string } = {},
): { status: number | null; said: string; asked: string[] } {
  new SageMakerCicdProject({ name: 'churn', outdir: directory.path }).synth();
  directory.write('.uv/bin/uv', [
    '#!/bin/sh', 'echo "$@" >> asked.txt', `case "$*" in *--check*) exit ${fits ? 0 : 1};; esac`, '',
  ].join('\n'));
  fs.chmodSync(path.join(directory.path, '.uv/bin/uv'), 0o755);
  const { status, stdout, stderr } = spawnSync('sh', ['scripts/python-ready.sh'], {
    cwd: directory.path, encoding: 'utf8', env: { ...process.env, CI: '', CODEBUILD_BUILD_ID: '', ...env },
  });
  return { status, said: `${stdout}${stderr}`, asked: directory.read('asked.txt').trim().split('\n') };
}

test('says nothing if uv is there and the lock fits', () => {
  expect(ready(true)).toEqual({ status: 0, said: '', asked: ['lock --check --offline'] });
});

test('writes the lock again if pyproject.toml has changed, and says so', () => {
  const { status, said, asked } = ready(false);
  expect({ status, asked }).toEqual({ status: 0, asked: ['lock --check --offline', 'lock --check', 'lock'] });
  expect(said).toBe('pyproject.toml has changed since uv.lock was written: writing it again\n');
});

test.each(['CI', 'CODEBUILD_BUILD_ID'])('in a build (%s) ends with what to do, and writes nothing', variable => {
  const { status, said, asked } = ready(false, { [variable]: 'true' });
  expect({ status, asked }).toEqual({ status: 1, asked: ['lock --check --offline', 'lock --check'] });
  expect(said).toBe('error: uv.lock is not what pyproject.toml asks for: run npx projen python:lock in the repository '
    + 'and commit uv.lock\n');
});

test('every task that runs Python begins with it', () => {
  new SageMakerCicdProject({ name: 'churn', outdir: directory.path }).synth();
  const { tasks } = JSON.parse(directory.read('.projen/tasks.json')) as {
    tasks: { [name: string]: { steps?: Array<{ exec?: string; spawn?: string }> } };
  };
  const python = Object.entries(tasks).filter(([, { steps = [] }]) =>
    steps.some(({ exec }) => exec?.includes('uv run')));
  expect(python.length).toBeGreaterThan(9);
  expect(python.filter(([, { steps = [] }]) => steps[0].spawn !== 'python:ready').map(([name]) => name)).toEqual([]);
});
