import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { policyCommands } from '../../src/accounts/bootstrap-command';
import { cleanUp, temporary } from '../../testing/deliveries/synth';

afterAll(cleanUp);

const ARN = 'arn:aws:iam::111111111111:policy/churn-execution';

/**
 * The AWS CLI with one policy. It knows one query, whose meaning tools/tests/test_policy_versions.py holds to the CLI's
 * own language.
 */
const AWS = `#!${process.execPath}
const fs = require('fs');
const [, , service, operation, ...rest] = process.argv;
const flag = name => rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined;
const end = (code, text) => { (code ? console.error : console.log)(text); process.exit(code); };
const file = process.env.STATE;
const versions = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
const save = () => fs.writeFileSync(file, JSON.stringify(versions));
if (service !== 'iam') { end(252, 'no such service'); }
if (operation !== 'create-policy' && flag('--policy-arn') !== '${ARN}') { end(254, 'NoSuchEntity'); }
if (operation === 'create-policy') {
  if (versions.length > 0) { end(254, 'EntityAlreadyExists'); }
  versions.push({ id: 'v1', is: true, document: flag('--policy-document') });
} else if (versions.length === 0) {
  end(254, 'NoSuchEntity');
} else if (operation === 'create-policy-version') {
  if (versions.length === 5) { end(254, 'LimitExceeded'); }
  versions.forEach(version => { version.is = false; });
  const id = 'v' + (Math.max(...versions.map(version => Number(version.id.slice(1)))) + 1);
  versions.push({ id, is: rest.includes('--set-as-default'), document: flag('--policy-document') });
} else if (operation === 'list-policy-versions') {
  if (flag('--query') !== 'sort_by(Versions[?!IsDefaultVersion], &CreateDate)[-4].VersionId') { end(255, 'query'); }
  end(0, versions.filter(version => !version.is).at(-4)?.id ?? 'None');
} else if (operation === 'delete-policy-version') {
  const at = versions.findIndex(version => version.id === flag('--version-id'));
  if (at < 0 || versions[at].is) { end(254, 'DeleteConflict'); }
  versions.splice(at, 1);
} else if (operation !== 'get-policy') { end(252, 'no such operation'); }
save();
`;

test('the commands for a policy make it, and make it anew as often as they are run', () => {
  const folder = temporary();
  const state = path.join(folder, 'state.json');
  fs.writeFileSync(path.join(folder, 'aws'), AWS, { mode: 0o755 });
  const run = (file: string) => {
    const script = policyCommands({ name: 'churn-execution', file }, ARN).join('\n');
    const { status, stderr } = spawnSync('sh', ['-e', '-c', script], {
      encoding: 'utf-8', env: { PATH: `${folder}:${process.env.PATH}`, STATE: state },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return JSON.parse(fs.readFileSync(state, 'utf-8')) as Array<{ id: string; is: boolean; document: string }>;
  };
  const ids = (versions: ReturnType<typeof run>) => versions.map(({ id }) => id);
  const found = Array.from({ length: 9 }, (_, i) => run(`build/${i}.json`));
  expect(found.slice(0, 6).map(ids)).toEqual([
    ['v1'], ['v1', 'v2'], ['v1', 'v2', 'v3'], ['v1', 'v2', 'v3', 'v4'], ['v1', 'v2', 'v3', 'v4', 'v5'],
    ['v2', 'v3', 'v4', 'v5', 'v6'],
  ]);
  found.forEach((versions, i) => expect(versions.filter(version => version.is)).toEqual([
    { id: `v${i + 1}`, is: true, document: `file://build/${i}.json` },
  ]));
});
