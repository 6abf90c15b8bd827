import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Result, Step } from './job';
import { ROOT } from '../python-tools';

/** What a step did. */
export type Counts = Pick<Result, 'passed' | 'failed' | 'skipped' | 'failures' | 'suites'>;

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Counts what a step ran. One that leaves no report, runs nothing or ends badly without saying why has failed. */
export function countsOf(step: Step, ok: boolean): Counts {
  const one = (passed: boolean, why = ''): Counts => ({
    passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, suites: [],
    failures: passed ? [] : [`${step.what}${why}`],
  });
  if (!step.report) { return one(ok); }
  if (!fs.existsSync(step.report.file)) { return one(false, ': did not finish'); }
  const counts = READERS[step.report.of](fs.readFileSync(step.report.file, 'utf8'));
  if (!counts || counts.passed + counts.failed + counts.skipped === 0) { return one(false, ': ran no test'); }
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1, failures: [`${step.what}: ended badly`] };
}

const READERS: { readonly [kind: string]: (text: string) => Counts | undefined } = {
  jest: text => {
    const report = JSON.parse(text) as JestReport;
    const files = report.testResults.map(r => ({ ...r, name: path.relative(ROOT, r.name) }));
    // Files that could not even be loaded.
    const broken = files.filter(f => f.status === 'failed' && !f.assertionResults.some(a => a.status === 'failed'));
    const failures = files.flatMap(f => f.assertionResults.filter(a => a.status === 'failed')
      .map(a => `${f.name}: ${a.fullName}`));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
      failures: [...failures, ...broken.map(f => `${f.name}: did not run`)],
      suites: files.map(f => ({ name: f.name, seconds: Math.max(0, f.endTime - f.startTime) / 1000 })),
    };
  },
  pytest: text => {
    const suite = /<testsuite [^>]*>/.exec(text)?.[0];
    if (!suite) { return undefined; }
    const count = (attribute: string): number => Number(new RegExp(` ${attribute}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const cases = text.split('<testcase ').slice(1).map(part => ({
      module: /classname="([^"]*)"/.exec(part)?.[1].replace(/\.[A-Z]\w*$/, '') ?? '',
      name: /(?<![a-z])name="([^"]*)"/.exec(part)?.[1] ?? '',
      seconds: Number(/ time="([\d.]+)"/.exec(part)?.[1] ?? 0),
      bad: /<(failure|error)\b/.test(part),
    }));
    const seconds = new Map<string, number>();
    for (const c of cases) { seconds.set(c.module, (seconds.get(c.module) ?? 0) + c.seconds); }
    const failed = count('failures') + count('errors');
    return {
      passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped'),
      failures: cases.filter(c => c.bad).map(c => `${c.module}: ${c.name}`),
      suites: [...seconds].map(([name, s]) => ({ name, seconds: s })),
    };
  },
};
