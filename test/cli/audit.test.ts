import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { said } from './said';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, repository, temporary } from '../../testing/deliveries/synth';

const variable = process.env.PREFLIGHT_PYTHON;
afterEach(() => {
  if (variable === undefined) { delete process.env.PREFLIGHT_PYTHON; } else { process.env.PREFLIGHT_PYTHON = variable; }
});
afterAll(cleanUp);

/** What the script is handed, by a Python that notes it. */
async function task(directory: string, command: string, ...argv: string[]): Promise<object> {
  const python = path.join(temporary(), 'python');
  fs.writeFileSync(python, `#!/bin/sh\ncp "$2" '${python}.json'\n`, { mode: 0o755 });
  process.env.PREFLIGHT_PYTHON = python;
  const { code } = await said(directory, command, ...argv);
  expect(code).toBe(0);
  return JSON.parse(fs.readFileSync(`${python}.json`, 'utf8')) as object;
}

/** A folder with one record, written by the runner's own module. */
function records(): string {
  const folder = temporary();
  const program = 'import sys; sys.path.append("runner/local_runner"); import pathlib, records, record_folder; '
    + 'records.append(record_folder.Folder(pathlib.Path(sys.argv[1])), "main", {"kind": "decision", '
    + '"time": "2026-01-01T00:00:00Z", "bound": {"package": "a/7"}})';
  expect(spawnSync('python3', ['-B', '-c', program, folder], { encoding: 'utf8' }).stderr).toBe('');
  return folder;
}

test('the bucket of the delivery is checked, or the local records if it has none', async () => {
  const gxp = repository(DELIVERIES.gxp);
  expect(await task(gxp, 'audit-verify', '--anchor', 'main:1:ab')).toEqual({
    anchors: ['main:1:ab'],
    evidence: { bucket: 'churn-evidence-999999999999-eu-west-1', account: '999999999999', region: 'eu-west-1' },
  });
  const local = repository(DELIVERIES.default);
  expect(await task(local, 'audit-verify')).toEqual({ local: path.join(local, '.local') });
  expect(await task(gxp, 'audit-verify', '--local')).toEqual({ local: path.join(gxp, '.local') });
});

test('an export names its files from where the command was run', async () => {
  const root = repository(DELIVERIES.gxp);
  expect(await task(root, 'audit-export', '7', '--from', 'down', '--trail', 'a.json', '--trail', 'b.json')).toEqual({
    folder: path.join(root, 'down'), version: 7, out: path.join(root, 'audit'),
    trail: [path.join(root, 'a.json'), path.join(root, 'b.json')],
  });
});

test('the real command finds a changed record offline', async () => {
  process.env.PREFLIGHT_PYTHON = 'python3';
  const root = repository(DELIVERIES.gxp);
  const folder = records();
  expect((await said(root, 'audit-verify', '--from', folder)).code).toBe(0);
  const file = path.join(folder, 'main', '00000001.json');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('a/7', 'a/8'));
  expect((await said(root, 'audit-verify', '--from', folder)).code).toBe(1);
});

test.each<[string, string, string[], RegExp]>([
  ['both sources', 'audit-verify', ['--from', 'x', '--local'], /^Give --from or --local, not both/],
  ['no folder', 'audit-verify', ['--from'], /^--from needs a value/],
  ['a version to verify', 'audit-verify', ['7'], /^Unknown argument: 7/],
  ['an unknown argument', 'audit-verify', ['--form', 'x'], /^Unknown argument: --form/],
  ['a file of the trail to verify', 'audit-verify', ['--trail', 'x'], /^Unknown argument: --trail/],
  ['an export without a version', 'audit-export', [], /^Give the number of one version/],
  ['a version that is no number', 'audit-export', ['v7'], /^The version is v7/],
])('refuses %s', async (_, command, argv, message) => {
  const { code, err } = await said(repository(DELIVERIES.gxp), command, ...argv);
  expect(code).toBe(1);
  expect(err).toMatch(message);
});

test.each(['audit-verify', 'audit-export'])('%s says how it is called', async command => {
  const { code, out } = await said(repository(DELIVERIES.gxp), command, '--help');
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^Usage: sagemaker-cicd-projen ${command}`));
});
