import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { checkDelivery } from '../../src/plan/check';
import { OptionError } from '../../src/options/option-error';
import type { SageMakerCicdProjectOptions } from '../../src/project';
import { checkProjectOptions, projectDelivery } from '../../src/project/check-options';
import { FULL } from '../options/full-options';
import { VALID } from '../options/whole-mutations';

let directory: string;
beforeEach(() => { directory = fs.mkdtempSync(path.join(os.tmpdir(), 'check-')); });
afterEach(() => { fs.rmSync(directory, { recursive: true }); });

function paths(options: object, argv: readonly string[] = []): string[] {
  try {
    checkProjectOptions({ name: 'a', outdir: directory, ...options } as SageMakerCicdProjectOptions, argv);
    return [];
  } catch (error) {
    if (error instanceof OptionError) { return error.problems.map(p => p.path); }
    throw error;
  }
}

test('a new project is told about its options, its flags and its directory at once', () => {
  fs.writeFileSync(path.join(directory, 'train.py'), '');
  expect(paths({ __new__: {}, training: { seed: 'x' }, framework: 'xgbost', deploymentGroups: [{ name: 'a' }, { name: 'a' }] }, ['node', 'projen', 'new', '--regoin', 'x']))
    .toEqual(['framework', 'training.seed', 'deploymentGroups[1].name', '--regoin', 'outdir']);
});

test('an outdir that is no path does not keep the rest from being checked', () => {
  expect(paths({ __new__: {}, outdir: 7, problemType: 'x' }, ['node', 'projen', 'new', '--nmae', 'x']).slice(0, 3)).toEqual(['problemType', 'outdir', '--nmae']);
});

test('a target column that the data has not is named beside other problems', () => {
  fs.writeFileSync(path.join(directory, 'mine.csv'), 'a,target\n1,0\n');
  expect(paths({ training: { inputDataUrl: 'mine.csv', targetColumn: 'targt', seed: -1 }, endpoint: { instanceCount: 0 } }))
    .toEqual(['training.targetColumn', 'training.seed', 'endpoint.instanceCount']);
});

test('data below what is a file is not there, and no other error', () => {
  fs.writeFileSync(path.join(directory, 'notes.txt'), '');
  fs.writeFileSync(path.join(directory, 'config'), '');
  expect(paths({ training: { inputDataUrl: 'notes.txt/data.csv' } })).toEqual(['training.inputDataUrl']);
});

test('a first row without features, or with too many of them, gives no request', () => {
  fs.writeFileSync(path.join(directory, 'one.csv'), 'target\n1\n');
  fs.writeFileSync(path.join(directory, 'wide.csv'), `target,${'a,'.repeat(40_000)}b\n1,${'1,'.repeat(40_000)}2\n`);
  expect(paths({ training: { inputDataUrl: 'one.csv' } })).toEqual(['endpoint.smokeTest']);
  expect(paths({ training: { inputDataUrl: 'wide.csv' } })).toEqual(['endpoint.smokeTest']);
});

test('what a project takes, its delivery takes too', () => {
  for (const [name, options] of VALID) {
    expect([name, checkDelivery(projectDelivery(options as SageMakerCicdProjectOptions))]).toEqual([name, []]);
  }
  expect(projectDelivery(FULL).upgrade).toEqual(FULL.upgrade);
});
