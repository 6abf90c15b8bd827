import * as fs from 'node:fs';
import * as path from 'node:path';
import { cleanUp, temporary } from '../../testing/deliveries/synth';
import { ROOT } from '../../testing/harness/process';
import { zizmor } from '../../testing/workflows/lint';

const FOLDER = path.join('.github', 'workflows');

afterAll(cleanUp);

/** A repository with nothing but the workflows of this one, after an edit of one of them. */
function repository(file?: string, edit: (text: string) => string = text => text): string {
  const folder = temporary();
  fs.cpSync(path.join(ROOT, FOLDER), path.join(folder, FOLDER), { recursive: true });
  if (file) {
    const edited = path.join(folder, FOLDER, file);
    const text = fs.readFileSync(edited, 'utf8');
    if (edit(text) === text) { throw new Error(`The edit changes nothing in ${file}.`); }
    fs.chmodSync(edited, 0o644);
    fs.writeFileSync(edited, edit(text));
  }
  return folder;
}

test('the strictest zizmor finds nothing in the workflows of this repository', () => {
  expect(fs.readdirSync(path.join(ROOT, FOLDER)).sort()).toEqual(['build.yml', 'pull-request-lint.yml', 'release.yml']);
  expect(zizmor(repository())).toEqual([]);
});

const replaced = (what: string | RegExp, by: string) => (text: string) => text.replace(what, by);

test.each<[string, string, (text: string) => string, string]>([
  ['an action by its tag', 'build.yml', replaced(/checkout@\S+/, 'checkout@v7'), 'unpinned-uses'],
  ['credentials that stay in the checkout', 'build.yml', replaced('persist-credentials: false', 'fetch-depth: 1'),
    'artipacked'],
  ['rights that no job asked for', 'build.yml', replaced('permissions: {}\n', ''), 'excessive-permissions'],
  ['a trigger with a fork\'s text and a token', 'pull-request-lint.yml', replaced('pull_request:',
    'pull_request_target:'), 'dangerous-triggers'],
  ['somebody else\'s text in a script', 'pull-request-lint.yml', replaced('[[ $TITLE ',
    '[[ "${{ github.event.pull_request.title }}" '), 'template-injection'],
  ['a secret of the repository', 'build.yml', replaced('CI: "true"', 'CI: ${{ secrets.CI }}'), 'secrets-outside-env'],
  ['a token for PyPI', 'release.yml', replaced('packages-dir: dist/python',
    'packages-dir: dist/python\n          password: ${{ secrets.PYPI }}'), 'use-trusted-publishing'],
  ['a right without its reason', 'release.yml', replaced(' # makes the tag and the release', ''),
    'undocumented-permissions'],
])('zizmor notices %s', (_, file, edit, audit) => {
  expect(zizmor(repository(file, edit)).map(finding => finding.split(':')[0])).toContain(audit);
});
