import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Said, said } from './said';
import type { DeliveryOptions } from '../../src/options/delivery';
import { DeploymentApprovals } from '../../src/options/github-actions';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, repository, temporary } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../testing/deliveries/workflows';

const variable = process.env.PREFLIGHT_PYTHON;
afterEach(() => {
  if (variable === undefined) { delete process.env.PREFLIGHT_PYTHON; } else { process.env.PREFLIGHT_PYTHON = variable; }
});
afterAll(cleanUp);

interface Done extends Said {
  /** Name of the script that ran, and what it was handed. */
  readonly script?: string;
  readonly task?: object;
}

/** Runs a command in a repository, with a Python that notes what it is given. */
async function run(delivery: DeliveryOptions, command: string, ...argv: string[]): Promise<Done> {
  const python = path.join(temporary(), 'python');
  fs.writeFileSync(python, `#!/bin/sh\necho "$1" > '${python}.script'\ncp "$2" '${python}.json'\n`, { mode: 0o755 });
  process.env.PREFLIGHT_PYTHON = python;
  const done = await said(repository(delivery), command, ...argv);
  if (!fs.existsSync(`${python}.script`)) { return done; }
  const script = fs.readFileSync(`${python}.script`, 'utf8').trim();
  expect(fs.existsSync(script)).toBe(true);
  return { ...done, script: path.basename(script), task: JSON.parse(fs.readFileSync(`${python}.json`, 'utf8')) as object };
}

const { workflows, workflowsOfAccounts } = BY_WORKFLOWS;
const github = workflowsOfAccounts.engine!.github!;
const inAws: DeliveryOptions = {
  ...workflowsOfAccounts,
  engine: { ...workflowsOfAccounts.engine, github: { ...github, approvals: DeploymentApprovals.AWS } },
};
const where = { region: 'eu-west-1', role: 'churn-main-releaser' };

describe('where workflows deploy', () => {
  test('a return is the build in AWS', async () => {
    expect(await run(workflows, 'rollback', '--environment', 'prod')).toMatchObject({
      code: 0, script: 'retry_deployment.py', task: {
        action: 'return', rollBackProject: 'churn-main-rollback', environment: 'prod', ...where,
      },
    });
  });

  test.each([
    ['rollback', '--retry'], ['retry-deployment', '--version'],
  ])('%s with %s asks for a run', async (command, flag) => {
    const { script, task } = await run(workflowsOfAccounts, command, '--environment', 'eu', flag, '7', '--group', 'main');
    expect({ script, task }).toEqual({
      script: 'retry_deployment.py', task: {
        action: 'retry', table: 'churn-main-requests', project: 'churn', group: 'main', ...where,
        bus: 'arn:{partition}:events:eu-west-1:111111111111:event-bus/churn-events',
        variables: {
          RETRY_IN: 'eu', MODEL_PACKAGE: 'arn:{partition}:sagemaker:eu-west-1:555555555555:model-package/churn-main/7',
        },
      },
    });
  });

  test('a version is tried again by a pipeline where that deploys', async () => {
    const { script, task } = await run(DELIVERIES.default, 'retry-deployment', '--environment', 'prod', '--version', '7');
    expect(script).toBe('start_deployment.py');
    expect(task).toMatchObject({ pipeline: 'churn-main-deploy', variables: { RetryIn: 'prod' } });
  });

  test.each<[string, string[], RegExp]>([
    ['no version', ['--environment', 'prod'], /^Give the number of the version with --version\.\n\nUsage:/],
    ['a version that is no number', ['--environment', 'prod', '--version', 'v7'], /^--version is v7: it must be/],
    ['no environment', ['--version', '7'], /^Name the environment with --environment/],
    ['an unknown argument', ['--retry', '7'], /^Unknown argument: --retry/],
  ])('retry-deployment refuses %s', async (_, argv, message) => {
    const { code, err, task } = await run(workflows, 'retry-deployment', ...argv);
    expect({ code, err, task }).toEqual({ code: 1, err: expect.stringMatching(message) as string, task: undefined });
  });
});

describe('an approval in AWS', () => {
  test.each([
    ['1234', [], 'Approved'], ['gh-1234', ['--reject'], 'Rejected'],
  ])('of the run %s with %p is written by the releaser', async (number, more, decision) => {
    const done = await run(
      workflows, 'approve-deployment', '--environment', 'prod', '--run', number, '--why', ' seen ', ...more);
    expect(done).toMatchObject({ code: 0, script: 'approve_deployment.py' });
    expect(done.task).toEqual({
      table: 'churn-main-requests', environment: 'prod', execution: 'gh-1234', decision, reason: 'seen', ...where,
    });
  });

  test('of a stage of the infrastructure is written by its approver', async () => {
    const { task } = await run(
      inAws, 'approve-deployment', '--infrastructure', 'prod', '--digest', '0123456789abcdef', '--run', '7', '--why',
      'only alarms change');
    expect(task).toEqual({
      table: 'churn-approvals', environment: 'prod-0123456789ab', execution: 'gh-7', decision: 'Approved',
      reason: 'only alarms change', role: 'churn-infrastructureapprover', region: 'eu-west-1',
    });
  });

  test('that is recorded starts a state machine, and is about a version', async () => {
    const { workflowsGxp } = BY_WORKFLOWS;
    const states = 'arn:{partition}:states:eu-west-1:111111111111:stateMachine';
    const asked = (...argv: string[]) => run(workflowsGxp, 'approve-deployment', ...argv, '--run', '7', '--why', 'seen');
    const decided = { execution: 'gh-7', decision: 'Approved', reason: 'seen', region: 'eu-west-1' };
    expect((await asked('--environment', 'prod', '--version', '12')).task).toEqual({
      machine: `${states}:churn-main-decisions`, environment: 'prod', version: '12', role: 'churn-main-releaser', ...decided,
    });
    expect((await asked('--infrastructure', 'prod', '--digest', '0123456789abcdef')).task).toEqual({
      machine: `${states}:churn-infrastructuredecisions`, environment: 'prod-0123456789ab',
      role: 'churn-infrastructureapprover', ...decided,
    });
    const without = await asked('--environment', 'prod');
    expect([without.code, without.task, without.err]).toEqual([
      1, undefined, expect.stringMatching(/^Name the version with --version/) as string,
    ]);
  });

  const about = (...argv: string[]) => [...argv, '--run', '7', '--why', 'x'];
  const shown = (stage: string) => about('--infrastructure', stage, '--digest', '0123456789ab');
  test.each<[string, DeliveryOptions, string[], RegExp]>([
    ['nothing to decide about', workflows, about(), /^Name either an environment/],
    ['two things', workflows, about('--environment', 'prod', '--infrastructure', 'prod'), /^Name either an environment/],
    ['a group of the infrastructure', workflows, about('--infrastructure', 'prod', '--group', 'main'), /^Name either/],
    ['no digest', inAws, about('--infrastructure', 'prod'), /^--digest is missing: it must be the digest with which/],
    ['a short digest', inAws, about('--infrastructure', 'prod', '--digest', '0123'), /^--digest is 0123/],
    ['no run', workflows, ['--environment', 'prod', '--why', 'x'], /^Give the number of the run with --run/],
    ['a run that is no number', workflows, ['--environment', 'prod', '--run', 'latest', '--why', 'x'], /^--run is latest: it/],
    ['a version that is no number', workflows, about('--environment', 'prod', '--version', 'v7'), /^--version is v7: it/],
    ['no reason', workflows, ['--environment', 'prod', '--run', '7'], /^Say why with --why/],
    ['an empty reason', workflows, ['--environment', 'prod', '--run', '7', '--why', ' '], /^Say why with --why/],
    ['two lines', workflows, ['--environment', 'prod', '--run', '7', '--why', 'a\nb'], /^--why has a line break/],
    ['a long one', workflows, ['--environment', 'prod', '--run', '7', '--why', 'a'.repeat(1025)], /^--why is longer/],
    ['an unknown environment', workflows, about('--environment', 'x'), /^There is no environment x\. Environments: /],
    ['one that asks nobody', workflows, about('--environment', 'staging'), /^Nobody is asked about staging/],
    ['an unknown stage', inAws, shown('x'), /^There is no stage x .* Stages: self, dev, preprod, prod\./],
    ['what reviewers approve', workflowsOfAccounts, about('--environment', 'eu'),
      /^The reviewers of the GitHub environment main-eu approve: open the run/],
    ['stages that reviewers approve', workflowsOfAccounts, shown('prod'),
      /^The reviewers of the GitHub environment infrastructure-prod approve/],
    ['what a pipeline deploys', DELIVERIES.default, about('--environment', 'prod'),
      /^No workflow deploys to prod: the pipeline churn-main-deploy has the approval/],
    ['an infrastructure that a pipeline deploys', DELIVERIES.default, shown('prod'), /^No workflow deploys the/],
  ])('is refused for %s before anything runs', async (_, delivery, argv, message) => {
    const { code, err, task } = await run(delivery, 'approve-deployment', ...argv);
    expect({ code, err, task }).toEqual({ code: 1, err: expect.stringMatching(message) as string, task: undefined });
  });

  test('says how it is called', async () => {
    const { code, out } = await run(workflows, 'approve-deployment', '--help');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('--infrastructure <stage>') as string });
  });
});
