import * as fs from 'node:fs';
import * as path from 'node:path';
import { monitorJobFiles } from '../../../src/infra/monitor/job-files';
import { monitoringQuestions, monitoringTables } from '../../../src/infra/monitor/monitoring-questions';

const TOOLS = path.join(__dirname, '..', '..', '..', 'tools');

test('every question is asked of the environment\'s tables, with nothing left to fill in but its parameters', () => {
  const asked = monitoringQuestions({ database: 'churn_main_prod', groundTruth: { waitHours: 48 } });
  const files = fs.readdirSync(path.join(TOOLS, 'monitor', 'queries')).map(name => path.basename(name, '.sql'));
  expect(asked.map(({ name }) => name).sort()).toEqual(files.sort());
  for (const { sql, description } of asked) {
    expect(sql).not.toMatch(/[{}]/);
    expect(sql).toContain('"churn_main_prod".predictions');
    expect(sql.match(/\?/g)).toHaveLength(
      2 + (description.includes('labels came') ? 2 : 0) + (description.includes('inference ID') ? 1 : 0));
    expect(description.includes('labels came')).toBe(sql.includes('.labels'));
  }
});

test('without ground truth no question is about labels but what was answered to a request', () => {
  expect(monitoringQuestions({ database: 'd' }).map(({ name }) => name)).toEqual(['rows-a-day', 'classes', 'request']);
});

test('an ID column is a text of SQL, whatever it is called', () => {
  const [, , request] = monitoringQuestions({ database: 'd', groundTruth: { idColumn: "o'hara $& id", waitHours: 0 } });
  expect(request!.sql).toContain("ON l.key = element_at(p.id, 'o''hara $& id')");
});

test('the job has every module that its modules import', () => {
  const files = monitorJobFiles();
  expect(new Set(files.map(name => path.posix.normalize(name))).size).toBe(files.length);
  for (const file of files) { expect(fs.existsSync(path.join(TOOLS, file))).toBe(true); }
  expect(files.filter(name => name.endsWith('monitor_job.py'))).toEqual(['monitor/monitor_job.py']);
  expect(monitoringTables().partitions.map(({ name }) => name)).toEqual(['year', 'month', 'day', 'hour']);
});
