import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const RUNNER = resolve(__dirname, '../../runner');

/** A fixture run with its report on the disk. */
export interface Report {
  readonly url: string;
  readonly steps: number;
}

/** Write one run of each kind with the runner's own fixtures, and their reports with the report command. */
export function writeReports(): Record<string, Report> {
  const work = join(mkdtempSync(join(tmpdir(), 'run-report-')), '.local');
  const runs: Record<string, { id: string; steps: number }> = JSON.parse(python('tests.report.make_runs', work));
  return Object.fromEntries(Object.entries(runs).map(([kind, run]) => {
    const output = join(work, 'runs', run.id, 'report.html');
    const said = python('local_runner.report', '--work', work, '--run', run.id);
    const url = pathToFileURL(output).href;
    if (!said.includes(output) || !said.includes(url)) {
      throw new Error(`The report command did not say where the report is: ${said}`);
    }
    return [kind, { url, steps: run.steps }];
  }));
}

function python(module: string, ...args: string[]): string {
  return execFileSync('python3', ['-m', module, ...args], { cwd: RUNNER, encoding: 'utf8' });
}
