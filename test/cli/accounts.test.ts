import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { said as run } from './said';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { cleanUp, repository, temporary } from '../../testing/deliveries/synth';
import { ACCOUNTS } from '../infra/accounts';

afterAll(cleanUp);

describe.each(['bootstrap-guide', 'preflight'])('%s', command => {
  test('says how it is used', async () => {
    const { code, out } = await run(temporary(), command, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: sagemaker-cicd-projen ${command}`);
  });
  test('is among the commands', async () => {
    expect((await run(temporary(), 'help')).out).toContain(`  ${command}`);
  });
  test('without a delivery says where it is looked for', async () => {
    expect(await run(temporary(), command)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/config.delivery\.json does not exist here\. Run the command in the root/),
    });
  });
  test('of a delivery that is no JSON says so', async () => {
    const root = repository(DELIVERIES.default);
    fs.writeFileSync(path.join(root, 'config', 'delivery.json'), '{');
    expect(await run(root, command)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/delivery\.json is invalid JSON/),
    });
  });
  test('of a wrong delivery names each option that is', async () => {
    const root = repository({ ...DELIVERIES.default, tooling: { account: '1' } });
    expect(await run(root, command)).toMatchObject({ code: 1, err: expect.stringMatching(/tooling\.account/) });
  });
  test('refuses arguments that it does not know', async () => {
    expect(await run(repository(DELIVERIES.default), command, '--all')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Unknown argument: --all/),
    });
    expect(await run(repository(DELIVERIES.default), command, '--config')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/--config needs a file/),
    });
  });
});

describe('bootstrap-guide', () => {
  test('prints the commands and writes the policies that they name', async () => {
    const root = repository(ACCOUNTS);
    const { code, out } = await run(root, 'bootstrap-guide');
    expect(code).toBe(0);
    const named = [...out.matchAll(/file:\/\/(\S+)/g)].map(m => m[1]);
    expect(named.length).toBeGreaterThan(5);
    for (const file of named) {
      expect(JSON.parse(fs.readFileSync(path.join(root, file), 'utf-8'))).toMatchObject({ Version: '2012-10-17' });
    }
    expect(out).toContain('npx cdk deploy --all');
  });
  test('names the tasks of the repository, ejected or not', async () => {
    const root = repository(ACCOUNTS);
    fs.writeFileSync(
      path.join(root, 'package.json'),
      JSON.stringify({ scripts: { deploy: 'sh tasks.sh deploy', preflight: 'sh tasks.sh preflight' } }),
    );
    expect((await run(root, 'bootstrap-guide')).out).toMatch(/\n {3}npm run preflight\n(?:.*\n)+ {3}npm run deploy\n/);
    fs.mkdirSync(path.join(root, '.projen'));
    fs.writeFileSync(
      path.join(root, '.projen', 'tasks.json'),
      JSON.stringify({ tasks: { deploy: {}, preflight: {} } }),
    );
    expect((await run(root, 'bootstrap-guide')).out).toMatch(
      /\n {3}npx projen preflight\n(?:.*\n)+ {3}npx projen deploy\n/,
    );
  });
  test('takes another file', async () => {
    const root = repository(DELIVERIES.default);
    fs.writeFileSync(path.join(root, 'other.json'), JSON.stringify(ACCOUNTS));
    expect((await run(root, 'bootstrap-guide', '--config', 'other.json')).out).toContain(
      'aws://222222222222/eu-west-1',
    );
  });
});

describe('preflight', () => {
  const variable = process.env.PREFLIGHT_PYTHON;
  afterEach(() => {
    if (variable === undefined) { delete process.env.PREFLIGHT_PYTHON; } else {
      process.env.PREFLIGHT_PYTHON = variable;
    }
  });
  /** A Python that notes what it is given and ends with a code. */
  const python = (file: string, code: number) => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\necho "$1" > '${file}.script'\ncp "$2" '${file}.json'\nexit ${code}\n`, {
      mode: 0o755,
    });
    return () => ({
      script: fs.readFileSync(`${file}.script`, 'utf-8').trim(),
      list: JSON.parse(fs.readFileSync(`${file}.json`, 'utf-8')) as { project: string; checks: object[] },
    });
  };

  test.each([0, 1])('hands the list to the Python that is named and ends as it does (%i)', async code => {
    const file = path.join(temporary(), 'python');
    const given = python(file, code);
    process.env.PREFLIGHT_PYTHON = file;
    expect(await run(repository(ACCOUNTS), 'preflight')).toMatchObject({ code });
    expect(fs.existsSync(given().script)).toBe(true);
    expect(given().list).toMatchObject({ project: 'churn', tooling: { account: '111111111111' } });
    expect(given().list.checks.length).toBeGreaterThan(20);
  });
  test('takes the Python of the SDK\'s environment by itself', async () => {
    delete process.env.PREFLIGHT_PYTHON;
    const root = repository(ACCOUNTS);
    const given = python(path.join(root, '.venv-sdk', 'bin', 'python'), 0);
    await run(root, 'preflight');
    expect(given().list.project).toBe('churn');
  });
  test('asks for quotas of what the repository\'s jobs run on', async () => {
    const root = repository(DELIVERIES.default);
    const parameters = path.join(root, 'config', 'parameters.json');
    const given = python(path.join(root, '.venv-sdk', 'bin', 'python'), 0);
    delete process.env.PREFLIGHT_PYTHON;
    const training = { instanceType: 'ml.c5.xlarge', instanceCount: 2, useSpotInstances: true };
    fs.writeFileSync(parameters, JSON.stringify({ training }));
    await run(root, 'preflight');
    expect(given().list.checks).toContainEqual(expect.objectContaining({
      wants: { name: 'ml.c5.xlarge for spot training job usage', value: 2 },
    }));
    fs.writeFileSync(parameters, JSON.stringify({ training, tuning: { maxParallelTrials: 3 } }));
    await run(root, 'preflight');
    expect(given().list.checks).toContainEqual(expect.objectContaining({
      wants: { name: 'ml.c5.xlarge for spot training job usage', value: 6 },
    }));
    fs.writeFileSync(parameters, '{');
    expect((await run(root, 'preflight')).err).toMatch(/parameters\.json is invalid JSON/);
    fs.writeFileSync(parameters, JSON.stringify({ training: { ...training, instanceCount: '2' } }));
    expect((await run(root, 'preflight')).err).toMatch(
      /parameters\.json: training\.instanceCount is "2" but must be a number/,
    );
  });
  test('says what to do about a Python that is not there', async () => {
    process.env.PREFLIGHT_PYTHON = path.join(temporary(), 'none');
    expect(await run(repository(ACCOUNTS), 'preflight')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/cannot be run .*PREFLIGHT_PYTHON/),
    });
  });
  test('says what to do about a Python without boto3', () => {
    const script = path.resolve(__dirname, '..', '..', 'tools', 'preflight', 'preflight.py');
    // -S leaves out everything that was installed.
    const { status, stderr } = spawnSync('python3', ['-S', '-B', script, 'none'], {
      encoding: 'utf-8',
      env: { PATH: process.env.PATH },
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'This Python has no boto3; set PREFLIGHT_PYTHON to one that does.\n',
    });
  });
});
