import { mergeRequestJob, type MergeRequestRun } from '../../src/ci/gitlab/merge-request-job';
import type { HostJob } from '../../src/ci/job';
import { pullRequestJob } from '../../src/ci/pull-request';

interface Rendered {
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly artifacts: { readonly paths: readonly string[] };
}

const job = pullRequestJob();
const run: MergeRequestRun = { timeout: '1 hour', values: { TARGET: 'abc' }, title: 'Comparison' };
const rendered = (given: HostJob, more: Partial<MergeRequestRun> = {}) =>
  mergeRequestJob(given, { ...run, ...more }) as Rendered;

test('all commands run in their order, with the variables that they read', () => {
  const { before_script: before, script } = rendered(job, { values: { TARGET: 'abc', DATA: 'data/a b.csv' } });
  expect(before.slice(-2)).toEqual(['export TARGET="abc"', 'export DATA="data/a b.csv"']);
  expect(script).toHaveLength(job.steps.flatMap(step => step.commands).length);
  expect(script[0]).toBe('npm ci');
  // GitLab shows no file of a job's.
  expect(script.at(-1)).toContain('pr:compare');
  expect(script.at(-1)).not.toContain('--summary');
});

test('what a merge request shows is what the job leaves', () => {
  expect(rendered(job).artifacts.paths).toEqual(job.outputs?.files);
});

test.each<[string, HostJob, Partial<MergeRequestRun>]>([
  ['TARGET', job, { values: {} }],
  ['Node.js', { ...job, tools: { python: '3.11' } }, {}],
  ['Python 3.12', { ...job, tools: { ...job.tools, python: '3.12' } }, {}],
])('a pipeline without %s is an error that names it', (missing, given, more) => {
  expect(() => rendered(given, more)).toThrow(`gives the job pull-request no ${missing}.`);
});
