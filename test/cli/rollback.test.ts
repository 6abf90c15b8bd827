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

/** Runs the command in a repository, with a Python that notes what it is given. */
async function run(directory: string, ...argv: string[]): Promise<Done> {
  const python = path.join(temporary(), 'python');
  fs.writeFileSync(python, `#!/bin/sh\necho "$1" > '${python}.script'\ncp "$2" '${python}.json'\n`, { mode: 0o755 });
  process.env.PREFLIGHT_PYTHON = python;
  const done = await said(directory, 'rollback', ...argv);
  if (fs.existsSync(`${python}.script`)) {
    expect(fs.existsSync(fs.readFileSync(`${python}.script`, 'utf8').trim())).toBe(true);
  }
  const task = fs.existsSync(`${python}.json`)
    ? JSON.parse(fs.readFileSync(`${python}.json`, 'utf8')) as object : undefined;
  return { ...done, task };
}

test('starts the pipeline of the environment\'s group, for the people who may', async () => {
  const { code, task } = await run(repository(DELIVERIES.default), '--environment', 'prod');
  expect({ code, task }).toEqual({
    code: 0,
    task: { pipeline: 'churn-main-deploy', role: 'churn-main-releaser', variables: { RollBackIn: 'prod' } },
  });
});

test('has a version tried again where it was rolled back, by its ARN in the build account', async () => {
  const { task } = await run(repository(DELIVERIES.sevenAccounts), '--environment', 'prod', '--retry', '7');
  expect(task).toEqual({
    pipeline: 'churn-main-deploy', role: 'churn-main-releaser', region: expect.any(String) as string,
    variables: {
      RetryIn: 'prod',
      ModelPackageArn: expect.stringMatching(
        /^arn:\{partition\}:sagemaker:[a-z0-9-]+:\d{12}:model-package\/churn-main\/7$/,
      ) as string,
    },
  });
});

test('asks for the group where several have an environment of that name', async () => {
  const root = repository(DELIVERIES.sharedAccounts);
  expect((await run(root, '--environment', 'build')).err).toBe(
    'Several groups deploy to build: name one of north, south with --group.\n',
  );
  expect((await run(root, '--environment', 'build', '--group', 'south')).task).toMatchObject({
    pipeline: 'churn-south-deploy',
  });
});

test.each<[string, string[], RegExp]>([
  ['no environment', [], /^Name the environment with --environment\.\n\nUsage:/],
  [
    'an unknown one', ['--environment', 'production'],
    /There is no environment production\. Environments: staging, prod\./,
  ],
  ['an unknown group', ['--environment', 'prod', '--group', 'x'], /There is no deployment group x\. Groups: main\./],
  ['a version that is no number', ['--environment', 'prod', '--retry', 'v7'], /--retry is v7: it must be the number/],
  ['a flag without a value', ['--environment'], /--environment needs a value/],
  ['an unknown argument', ['prod'], /Unknown argument: prod/],
])('refuses %s', async (_, argv, message) => {
  const { code, err, task } = await run(repository(DELIVERIES.default), ...argv);
  expect({ code, err, task }).toEqual({ code: 1, err: expect.stringMatching(message) as string, task: undefined });
});

test('says how it is used', async () => {
  const { code, out } = await run(temporary(), '--help');
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('--retry <version>') as string });
});
