import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const RUNNER = resolve(__dirname, '../../runner');

/** A fixture run with its report on the disk. */
export interface Report {
  readonly url: string;
  readonly steps: number;
}

/** The reports of all fixture runs in a temporary directory. */
export interface Reports {
  readonly byKind: Record<string, Report>;
  readonly remove: () => void;
}

/** Write one run of each kind with the runner's own fixtures, and their reports with the report command. */
export function writeReports(): Reports {
  const directory = mkdtempSync(join(tmpdir(), 'run-report-'));
  const work = join(directory, '.local');
  const runs: Record<string, { id: string; steps: number }> = JSON.parse(python('tests.report.make_runs', work));
  const byKind = Object.fromEntries(Object.entries(runs).map(([kind, run]) => {
    const output = join(work, 'runs', run.id, 'report.html');
    const said = python('local_runner.report', '--work', work, '--run', run.id);
    const url = pathToFileURL(output).href;
    if (!said.includes(output) || !said.includes(url)) {
      throw new Error(`The report command did not say where the report is: ${said}`);
    }
    return [kind, { url, steps: run.steps }];
  }));
  return { byKind, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

function python(module: string, ...args: string[]): string {
  return execFileSync('python3', ['-m', module, ...args], { cwd: RUNNER, encoding: 'utf8' });
}
