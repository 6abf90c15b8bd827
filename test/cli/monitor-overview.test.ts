import * as fs from 'node:fs';
import * as path from 'node:path';
import { said } from './said';
import { DELIVERIES } from '../../testing/deliveries/deliveries';
import { MONITORED } from '../../testing/deliveries/monitored';
import { cleanUp, repository, temporary } from '../../testing/deliveries/synth';

const variable = process.env.PREFLIGHT_PYTHON;
afterEach(() => {
  if (variable === undefined) { delete process.env.PREFLIGHT_PYTHON; } else { process.env.PREFLIGHT_PYTHON = variable; }
});
afterAll(cleanUp);

test('the script is told every monitored environment with its bucket, account, region and monitors', async () => {
  const python = path.join(temporary(), 'python');
  fs.writeFileSync(python, `#!/bin/sh\ncp "$2" '${python}.json'\n`, { mode: 0o755 });
  process.env.PREFLIGHT_PYTHON = python;
  const root = repository(MONITORED);
  expect((await said(root, 'monitor-overview')).code).toBe(0);
  const task = JSON.parse(fs.readFileSync(`${python}.json`, 'utf8')) as { environments: object[] };
  expect(task).toMatchObject({ project: 'churn', out: path.join(root, '.local', 'monitor', 'overview.html') });
  expect(task.environments).toHaveLength(3);
  expect(task.environments[2]).toEqual({
    group: 'main', environment: 'prod', account: '444444444444', region: 'eu-west-1',
    bucket: expect.stringContaining('monitoring') as string,
    monitors: [
      { kind: 'data-quality', schedule: 'hourly', waitHours: 0 },
      { kind: 'model-quality', schedule: 'daily', waitHours: 48 },
      { kind: 'bias', schedule: 'daily', waitHours: 48 },
      { kind: 'attribution', schedule: 'weekly', waitHours: 0 },
    ],
  });
});

test('a delivery without monitors, and a wrong argument, are said', async () => {
  const plain = repository(DELIVERIES.default);
  expect((await said(plain, 'monitor-overview')).err).toContain('No environment has monitors');
  expect((await said(plain, 'monitor-overview', '--all')).err).toContain('Unknown argument: --all');
  expect((await said(plain, 'monitor-overview', '--out')).err).toContain('--out needs a value');
  expect((await said(plain, 'monitor-overview', '--help')).code).toBe(0);
});
