import { OptionError } from '../../../src/options/engine/option-error';
import { checkDelivery } from '../../../src/plan/check';
import type { SageMakerCicdProjectOptions } from '../../../src/project';
import { checkedDelivery } from '../../../src/project/checks/check-options';
import { projectDelivery } from '../../../src/project/project-delivery';
import { projectDirectory } from '../../../testing/project-directory';
import { FULL } from '../../options/full-options';
import { VALID } from '../../options/whole-valid';

const directory = projectDirectory();

function paths(options: object, argv: readonly string[] = []): string[] {
  try {
    checkedDelivery({ name: 'a', outdir: directory.path, ...options } as SageMakerCicdProjectOptions, argv);
    return [];
  } catch (error) {
    if (error instanceof OptionError) { return error.problems.map(p => p.path); }
    throw error;
  }
}

test('a new project is told about its options, its flags and its directory at once', () => {
  directory.write('train.py', '');
  expect(paths({
    __new__: {}, training: { seed: 'x' }, framework: 'xgbost', deploymentGroups: [{ name: 'a' }, { name: 'a' }],
  }, ['node', 'projen', 'new', '--regoin', 'x']))
    .toEqual(['framework', 'training.seed', 'deploymentGroups[1].name', '--regoin', 'outdir']);
});

test('an outdir that is no path does not keep the rest from being checked', () => {
  expect(paths({
    __new__: {}, outdir: 7, problemType: 'x',
  }, ['node', 'projen', 'new', '--nmae', 'x']).slice(0, 3)).toEqual(['problemType', 'outdir', '--nmae']);
});

test('a target column that the data has not is named beside other problems', () => {
  directory.write('mine.csv', 'a,target\n1,0\n');
  expect(paths({
    training: { inputDataUrl: 'mine.csv', targetColumn: 'targt', seed: -1 }, endpoint: { instanceCount: 0 },
  }))
    .toEqual(['training.targetColumn', 'training.seed', 'endpoint.instanceCount']);
});

test('data below what is a file is not there, and no other error', () => {
  directory.write('notes.txt', '');
  directory.write('config', '');
  expect(paths({ training: { inputDataUrl: 'notes.txt/data.csv' } })).toEqual(['training.inputDataUrl']);
});

test('a first row without features, or with too many of them, gives no request', () => {
  directory.write('one.csv', 'target\n1\n');
  directory.write('wide.csv', `target,${'a,'.repeat(40_000)}b\n1,${'1,'.repeat(40_000)}2\n`);
  expect(paths({ training: { inputDataUrl: 'one.csv' } })).toEqual(['endpoint.smokeTest']);
  expect(paths({ training: { inputDataUrl: 'wide.csv' } })).toEqual(['endpoint.smokeTest']);
});

test('what a project takes, its delivery takes too', () => {
  for (const [name, options] of VALID) {
    expect([name, checkDelivery(projectDelivery(options as SageMakerCicdProjectOptions))]).toEqual([name, []]);
  }
  expect(projectDelivery(FULL).upgrade).toEqual(FULL.upgrade);
});
