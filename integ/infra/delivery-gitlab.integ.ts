import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { checkedPlan } from '../../src/plan/check';
import { gitlabTexts } from '../../testing/ci/gitlab-texts';
import { BY_GITLAB } from '../../testing/deliveries/gitlab';
import { cleanUp, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const tools = process.env.TOOLS_VENV ?? '';
const texts = Object.entries(BY_GITLAB).flatMap(([name, delivery]) => (
  Object.entries(gitlabTexts(checkedPlan(delivery).plan!)).map(([file, text]) => [`${name}/${file}`, text] as const)));

/** What GitLab's schema, which check-jsonschema brings along, says of a file: it knows one document at a time. */
function says(text: string): { readonly status: number | null; readonly stdout: string } {
  const folder = temporary();
  const files = parseAllDocuments(text).map((document, i) => {
    const file = path.join(folder, `${i}.yml`);
    fs.writeFileSync(file, String(document));
    return file;
  });
  expect(files).toHaveLength(2);
  return spawnSync(path.join(tools, 'bin', 'check-jsonschema'), [
    '--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci', ...files,
  ], { encoding: 'utf8' });
}

test.each(texts)('%s is what the schema of GitLab asks for', (_, text) => {
  const { status, stdout } = says(text);
  expect({ status, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, stdout: '' });
});

const deploy = texts.find(([file]) => file === 'gitlab/.gitlab/ci/deploy-main.yml')![1];
const main = texts.find(([file]) => file === 'gitlab/.gitlab-ci.yml')![1];

test.each<[string, string, (text: string) => string]>([
  ['a key of a job that there is not', deploy, text => text.replace('id_tokens:', 'id_token:')],
  ['a token without an audience', deploy, text => text.replace(/ {6}aud: .*\n/, '      audience: x\n')],
  ['a time of a job that there is not', deploy, text => text.replace('when: on_failure', 'when: after_failure')],
  ['a need without its job', deploy, text => text.replace('- job: deploy-main:take', '- jobs: deploy-main:take')],
  ['a report that there is not', deploy, text => text.replace('dotenv:', 'env:')],
  ['an end of pipelines that there is not', main, text => text.replace('on_new_commit: none', 'on_new_commit: never')],
  ['a file that is included by another word', main, text => text.replace('local:', 'locally:')],
])('the schema notices %s', (_, text, edit) => {
  expect(edit(text)).not.toBe(text);
  expect(says(edit(text)).status).toBe(1);
});

test.each(texts.filter(([file]) => file.includes('/ci/')))('each script of %s is one of bash', (_, text) => {
  const jobs = Object.entries(parseAllDocuments(text)[1].toJS() as { [name: string]: { script: string[] } });
  for (const [name, { script }] of jobs) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script.join('\n'), encoding: 'utf8' });
    expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' });
  }
});
