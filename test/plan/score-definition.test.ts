import * as fs from 'node:fs';
import * as path from 'node:path';
import { scoreDefinition } from '../../src/plan/endpoint/batch/definition';
import { batchSettings, transformOf } from '../../src/plan/endpoint/batch/transform';

const FIXTURE = path.join(__dirname, '../../runner/tests/fixtures/score.json');

test('the definition that the runner and the SDK are tried with is that of a repository', () => {
  expect(JSON.parse(fs.readFileSync(FIXTURE, 'utf-8'))).toEqual(scoreDefinition({
    transform: transformOf(batchSettings(undefined)), outputUrl: 's3://scores/churn', instanceType: 'ml.m5.large',
    instanceCount: 1,
  }));
});

test('whoever starts it must say what it is not told', () => {
  const { Parameters: parameters } = scoreDefinition({
    transform: transformOf(batchSettings({ contentType: 'image/png' })), outputUrl: 's3://scores/churn',
    instanceType: 'ml.m5.large', instanceCount: 1,
  }) as { readonly Parameters: ReadonlyArray<{ readonly Name: string; readonly DefaultValue?: unknown }> };
  expect(parameters.filter(p => p.DefaultValue === undefined).map(p => p.Name)).toEqual([
    'ModelName', 'InputBucket', 'InputKey',
  ]);
});
