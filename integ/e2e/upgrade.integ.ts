import * as fs from 'node:fs';
import * as path from 'node:path';
import { holdPythonPackagesBack } from './hold-back';
import { copyOfRepository } from '../../testing/harness/fixture';
import { packedPackages } from '../../testing/harness/packages';
import { type Registries, startRegistries } from '../../testing/harness/registries';
import type { Repository } from '../../testing/harness/repository';
import { removeTemporary } from '../../testing/harness/temporary';
import { nextVersion } from '../../testing/harness/versions';

let registries: Registries;
let repo: Repository;

interface Result {
  readonly changed: boolean;
  readonly conflicts: string[];
  readonly testsPassed: boolean | null;
  readonly versions: { readonly npm: object };
}
const result = (): Result => repo.json<Result>('build/upgrade/result.json');

beforeAll(async () => {
  registries = await startRegistries();
  repo = await copyOfRepository('typescript', registries);
  repo.edit('model/train.py', /$/, '\n# Written by hand.\n');
});

afterAll(async () => {
  await registries?.stop();
  removeTemporary();
});

test('an upgrade starts from a commit', async () => {
  const { status, output } = await repo.projen(['upgrade'], { mayFail: true });
  expect(status).not.toBe(0);
  expect(output).toContain('There are uncommitted changes:\n  model/train.py');
  expect(repo.exists('build/upgrade')).toBe(false);
  await repo.commit('edited by hand');
});

test('with nothing new published, packages of others apart, the package stays', async () => {
  await repo.projen(['upgrade', '--no-test'], { seconds: 900 });
  expect(result()).toMatchObject({ conflicts: [], testsPassed: null });
  expect(Object.keys(result().versions.npm)).not.toContain('sagemaker-cicd-projen');
  if (result().changed) { await repo.commit('packages of others'); }
  const { output } = await repo.projen(['upgrade'], { seconds: 900 });
  expect(output).toContain('Nothing to upgrade');
  expect(await repo.changedFiles()).toEqual([]);
});

test('a new version changes the files that it should and keeps what a person wrote', async () => {
  // The search through their versions was made in the test before.
  holdPythonPackagesBack(repo);
  await repo.commit('packages of others held back');
  await registries.publish(nextVersion(packedPackages(), '0.0.1', root => {
    const file = path.join(root, 'templates', 'python', 'model', 'train.py');
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    fs.writeFileSync(file, [lines[0], '# From the new version.', ...lines.slice(1)].join('\n'));
  }));
  const { output } = await repo.projen(['upgrade'], { seconds: 900 });
  expect(output).toContain('| sagemaker-cicd-projen | npm | 0.0.0 | 0.0.1 |');
  expect(output).toContain('| `model/train.py` | merged with your changes | +1 -0 |');
  expect(result()).toMatchObject({ changed: true, conflicts: [], testsPassed: true });
  expect(result().versions.npm).toMatchObject({ 'sagemaker-cicd-projen': { before: '0.0.0', after: '0.0.1' } });
  expect(repo.read('model/train.py')).toMatch(/# From the new version\.[^]*# Written by hand\.\n$/);
  expect(repo.json<{ devDependencies: object }>('package.json').devDependencies).toMatchObject({
    'sagemaker-cicd-projen': '^0.0.1',
  });
  await repo.commit('upgraded');
  await repo.projen();
  expect(await repo.changedFiles()).toEqual([]);
});

test('a version that was given is brought in, an older one too; the command\'s own exit code tells of tests that '
  + 'fail', async () => {
  repo.edit(
    'tests/test_train.py', /$/,
    '\n\ndef test_never() -> None:\n    """Fails."""\n    raise AssertionError("as expected")\n',
  );
  await repo.commit('a test that fails');
  const { status, output } = await repo.run('npx', ['sagemaker-cicd-projen', 'upgrade', '--to', '0.0.0'], {
    mayFail: true, seconds: 900,
  });
  expect(output).toContain('| sagemaker-cicd-projen | npm | 0.0.1 | 0.0.0 |');
  expect(output).toContain('as expected');
  expect(status).toBe(4);
  expect(repo.read('model/train.py')).not.toContain('# From the new version.');
});
