import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Said, said } from './said';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, repository, temporary } from '../../testing/deliveries/synth';

const variable = process.env.PREFLIGHT_PYTHON;
afterEach(() => {
  if (variable === undefined) { delete process.env.PREFLIGHT_PYTHON; } else { process.env.PREFLIGHT_PYTHON = variable; }
});
afterAll(cleanUp);

interface Done extends Said {
  /** What the script was handed. */
  readonly task?: object;
}

/** Runs a command in a repository, with a Python that notes what it is given. */
async function run(directory: string, command: string, ...argv: string[]): Promise<Done> {
  const python = path.join(temporary(), 'python');
  fs.writeFileSync(python, `#!/bin/sh\necho "$1" > '${python}.script'\ncp "$2" '${python}.json'\n`, { mode: 0o755 });
  process.env.PREFLIGHT_PYTHON = python;
  const done = await said(directory, command, ...argv);
  if (fs.existsSync(`${python}.script`)) {
    expect(fs.existsSync(fs.readFileSync(`${python}.script`, 'utf8').trim())).toBe(true);
  }
  return {
    ...done,
    task: fs.existsSync(`${python}.json`)
      ? JSON.parse(fs.readFileSync(`${python}.json`, 'utf8')) as object : undefined,
  };
}

test('a person approves in the build account, and the record is looked for in the audit account', async () => {
  const root = repository(DELIVERIES.gxp);
  const { code, task } = await run(root, 'approve', '7', '--why', ' seen ', '--group', 'main', '--meaning', 'review');
  expect({ code, task }).toEqual({
    code: 0,
    task: {
      version: 7, status: 'Approved', why: 'seen', yes: false, meaning: 'review', group: 'main', bound: true,
      registry: 'arn:{partition}:sagemaker:eu-west-1:222222222222:model-package-group/churn-main',
      role: 'arn:{partition}:iam::222222222222:role/churn-main-approver',
      evidence: {
        bucket: 'churn-evidence-999999999999-eu-west-1', account: '999999999999', region: 'eu-west-1',
      },
      region: 'eu-west-1',
    },
  });
});

test('rejecting needs a reason too; without records nothing is waited for', async () => {
  const { task } = await run(repository(DELIVERIES.default), 'reject', '3', '--why', 'wrong answers', '--yes');
  expect(task).toMatchObject({ version: 3, status: 'Rejected', why: 'wrong answers', yes: true, bound: false });
  expect(task).not.toHaveProperty('evidence');
  expect(task).not.toHaveProperty('meaning');
});

test.each<[string, string, string[], RegExp]>([
  ['no version', 'approve', ['--why', 'x'], /^Give the number of one version\.\n\nUsage:.*approve <version>/],
  ['two versions', 'approve', ['1', '2', '--why', 'x'], /^Give the number of one version/],
  ['a version that is no number', 'approve', ['v7', '--why', 'x'], /^The version is v7: it must be a number/],
  ['version 0', 'approve', ['0', '--why', 'x'], /^The version is 0/],
  ['no reason', 'approve', ['7'], /^Say why with --why, for example: approve 7/],
  ['an empty reason', 'reject', ['7', '--why', '  '], /^Say why with --why, for example: reject 7/],
  ['a reason of two lines', 'approve', ['7', '--why', 'a\nb'], /^--why has a line break/],
  ['an unknown meaning', 'approve', ['7', '--why', 'x', '--meaning', 'ok'],
    /^--meaning is ok: to approve, it must be approval or review or responsibility\./],
  ['a meaning of the other', 'reject', ['7', '--why', 'x', '--meaning', 'approval'], /it must be rejection\./],
  ['an unknown argument', 'approve', ['7', '--reason', 'x'], /^Unknown argument: --reason\./],
  ['an unknown group', 'approve', ['7', '--why', 'x', '--group', 'test'],
    /^There is no deployment group test\. Groups: dev, main\./],
  ['no group where there are two', 'approve', ['7', '--why', 'x'], /^Name one of the groups dev, main with --group\./],
])('refuses %s before anything runs', async (_, command, argv, message) => {
  const { code, err, task } = await run(repository(DELIVERIES.gxp), command, ...argv);
  expect(err).toMatch(message);
  expect({ code, task }).toEqual({ code: 1, task: undefined });
});

test('says how it is called', async () => {
  const { code, out } = await run(repository(DELIVERIES.gxp), 'reject', '--help');
  expect(code).toBe(0);
  expect(out).toMatch(/^Usage: sagemaker-cicd-projen reject <version> --why/);
  expect(out).not.toContain('--meaning');
});
