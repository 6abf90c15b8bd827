import * as fs from 'node:fs';
import * as path from 'node:path';
import type { OptionLink } from './chain-options';
import type { Packages } from '../../testing/harness/packages';
import { nextVersion } from '../../testing/harness/versions';

/** Two versions that follow the packed one: the first with many changes, the second in conflict with an edit. */
export function laterVersions(packages: Packages): readonly [Packages, Packages] {
  const next = nextVersion(packages, '1.1.0', changeMuch);
  return [next, nextVersion(next, '1.2.0', contest)];
}

/** Files as the first of them has them, for a repository whose user edited around these places. */
export const AFTER_THE_FIRST: Pick<OptionLink, 'shows' | 'gone'> = {
  shows: [
    ['model/train.py', /^"""Training step, in script mode:/],
    ['model/train.py', /"""Run the training job and keep its result\."""/],
    ['model/drift.py', /LIMIT = 0\.1/],
    ['tests/bench_tools.py', /class Workbench/],
    ['tests/conftest.py', /from tests\.bench_tools import/],
    ['config/parameters.json', /"processing": \{\s*"instanceType": "ml\.m5\.4xlarge"/],
  ],
  gone: ['tests/workbench.py', 'tests/test_commands.py'],
};

function changeMuch(root: string): void {
  const template = (file: string): string => path.join(root, 'templates', 'python', file);
  replace(template('model/train.py'), '"""Training step (script mode):', '"""Training step, in script mode:');
  // Three lines above the line that the user put into this function.
  replace(template('model/train.py'), '"""Run the training job."""', '"""Run the training job and keep its result."""');
  fs.writeFileSync(template('model/drift.py'), '"""When data has drifted."""\n\nLIMIT = 0.1\n');
  fs.rmSync(template('tests/test_commands.py'));

  fs.renameSync(template('tests/workbench.py'), template('tests/bench_tools.py'));
  for (const name of fs.readdirSync(template('tests')).filter(file => file.endsWith('.py'))) {
    const text = fs.readFileSync(template(`tests/${name}`), 'utf8');
    fs.writeFileSync(template(`tests/${name}`), text.replace(/tests\.workbench/g, 'tests.bench_tools'));
  }
  replace(path.join(root, 'lib/project/components/templates.js'), /(sourcePath: .*'python', file\))/,
    "$1, previousPaths: file === 'tests/bench_tools.py' ? ['tests/workbench.py'] : []");

  replace(path.join(root, 'lib/options/schemas/declared.json'),
    /("processingInstanceType": \{[^}]*"default": )"ml\.m5\.large"/, '$1"ml.m5.4xlarge"');
  replace(template('pipelines/frameworks/xgboost.json'), '"eta": 0.2,', '"eta": 0.25,');
}

function contest(root: string): void {
  // The user's line stands between these two.
  replace(path.join(root, 'templates', 'python', 'model', 'train.py'),
    '    job.model_dir.mkdir(parents=True, exist_ok=True)\n    fitted = framework.fit(job)\n',
    '    for directory in (job.model_dir, job.output_dir):\n        directory.mkdir(parents=True, exist_ok=True)\n    '
      + 'fitted = framework.fit(job)\n');
}

function replace(file: string, from: string | RegExp, to: string): void {
  const before = fs.readFileSync(file, 'utf8');
  const after = before.replace(from, to);
  if (after === before) { throw new Error(`${file} holds nothing like ${from}.`); }
  fs.writeFileSync(file, after);
}
