import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SDK_REQUIREMENTS } from '../../src/ci/github/sdk-requirements';
import { checkedPlan } from '../../src/plan/check';
import { workflowTexts } from '../../testing/ci/moved';
import { cleanUp, temporary } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../testing/deliveries/workflows';
import { zizmor } from '../../testing/workflows/lint';

afterAll(cleanUp);

const FOLDER = path.join('.github', 'workflows');
const texts = Object.fromEntries(Object.entries(BY_WORKFLOWS).map(([name, delivery]) => [
  name, workflowTexts(checkedPlan(delivery).plan!),
]));

/** A repository with the workflows of a delivery, after an edit of one of them. */
function repository(name: string, edited?: string, edit: (text: string) => string = text => text): string {
  const folder = temporary();
  fs.mkdirSync(path.join(folder, FOLDER), { recursive: true });
  for (const [file, text] of Object.entries(texts[name])) {
    const written = file === edited ? edit(text) : text;
    if (file === edited && written === text) { throw new Error(`The edit changes nothing in ${file}.`); }
    fs.writeFileSync(path.join(folder, FOLDER, `${file}.yml`), written);
  }
  return folder;
}

test.each(Object.keys(BY_WORKFLOWS))('the strictest zizmor finds nothing in the workflows of "%s"', name => {
  expect(zizmor(repository(name))).toEqual([]);
});

const replaced = (what: string | RegExp, by: string) => (text: string) => text.replace(what, by);

test.each<[string, string, (text: string) => string, string]>([
  ['an action by its tag', 'deploy-main', replaced(/setup-python@\S+/, 'setup-python@v7'), 'unpinned-uses'],
  ['credentials that stay in the checkout', 'build-main', replaced('persist-credentials: false', 'fetch-depth: 1'),
    'artipacked'],
  ['somebody else\'s text in a script', 'deploy-main', replaced('run: python3 sweep.py',
    'run: python3 sweep.py "${{ inputs.request }}"'), 'template-injection'],
  ['rights that no job asked for', 'infrastructure', replaced('permissions: {}\n', 'permissions: write-all\n'),
    'excessive-permissions'],
  ['a right without its reason', 'deploy-main', replaced(' # starts what waits to be built', ''),
    'undocumented-permissions'],
  ['a secret of the repository', 'deploy-main', replaced('${{ github.token }}', '${{ secrets.TOKEN }}'),
    'secrets-outside-env'],
  ['a trigger with a fork\'s text and a token', 'infrastructure', replaced('workflow_dispatch: {}',
    'pull_request_target: {}'), 'dangerous-triggers'],
])('zizmor notices %s', (_, file, edit, audit) => {
  expect(zizmor(repository('workflowsOfAccounts', file, edit)).map(finding => finding.split(':')[0])).toContain(audit);
});

describe('the SDK of jobs', () => {
  /** What pip would install, for a Python of which only the number counts. */
  function resolve(requirements: readonly string[]) {
    const file = path.join(temporary(), 'sdk.txt');
    fs.writeFileSync(file, `${requirements.join('\n')}\n`);
    return spawnSync('python3', [
      '-m', 'pip', 'install', '--dry-run', '--ignore-installed', '--disable-pip-version-check', '--no-deps',
      '--require-hashes', '--only-binary', ':all:', '--python-version', '3.12', '--target', temporary(), '--requirement', file,
    ], { encoding: 'utf8' });
  }

  test('is what the index serves', () => {
    const { status, stdout, stderr } = resolve(SDK_REQUIREMENTS);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const names = SDK_REQUIREMENTS.map(line => line.replace(/ .*/, '').replace('==', '-'));
    expect(/^Would install (.*)$/m.exec(stdout)?.[1].replaceAll('_', '-').split(' ').sort()).toEqual(names.sort());
  });
  test('is not installed with the digest of something else', () => {
    const [first, ...rest] = SDK_REQUIREMENTS;
    const { status, stderr } = resolve([first.replace(/sha256:\w+/g, `sha256:${'0'.repeat(64)}`), ...rest]);
    expect(status).toBe(1);
    expect(stderr).toContain('DO NOT MATCH THE HASHES');
  });
});
