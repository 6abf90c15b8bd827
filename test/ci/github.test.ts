import { workflowJob, type WorkflowRun } from '../../src/ci/github/workflow-job';
import type { HostJob } from '../../src/ci/job';
import { pullRequestJob } from '../../src/ci/pull-request';
import { offerJob } from '../../src/ci/upgrade';

interface Rendered {
  readonly outputs?: object;
  readonly steps: ReadonlyArray<{
    readonly name?: string; readonly id?: string; readonly if?: string; readonly run?: string; readonly env?: object;
    readonly uses?: string; readonly with?: { readonly [name: string]: unknown };
  }>;
}

const run: WorkflowRun = { ref: 'main', permissions: {}, timeoutMinutes: 5 };
const job: HostJob = {
  name: 'made-up',
  tools: { python: '3.12' },
  inputs: ['Source', 'Tools'],
  variables: [{ name: 'STAGE', from: 'plan' }, { name: 'DIGEST', from: 'run', optional: true }],
  steps: [
    { name: 'install', kind: 'install', commands: ['npm ci', 'npm run --silent setup'] },
    {
      name: 'change', kind: 'work',
      commands: [({ folderOf, log }) => `"${folderOf('Tools')}/run" "${log}"`, 'MADE=yes'],
    },
  ],
  outputs: { files: ['a.json', 'b.json'], variables: ['MADE'] },
};

function rendered(more: Partial<WorkflowRun> = {}): Rendered {
  return workflowJob(job, { ...run, values: { STAGE: 'prod' }, ...more }) as Rendered;
}

test('a job of another kind than the first one is rendered: tools, inputs, steps, what it leaves', () => {
  const { outputs, steps } = rendered({ keep: { name: 'Files', variable: 'MADE' } });
  expect(steps.map(step => step.uses?.replace(/@.*/, '') ?? step.name)).toEqual([
    'actions/checkout', 'actions/setup-python', 'actions/download-artifact', 'install', 'change',
    'actions/upload-artifact',
  ]);
  expect(steps[3]).toEqual({
    name: 'install', shell: 'bash', env: { STAGE: 'prod' }, run: 'npm ci\nnpm run --silent setup',
  });
  expect(steps[4]).toMatchObject({
    id: 'change',
    run: '"$RUNNER_TEMP/Tools/run" "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"\nMADE=yes\n'
      + 'echo "MADE=$MADE" >>"$GITHUB_OUTPUT"',
  });
  expect(outputs).toEqual({ MADE: '${{ steps.change.outputs.MADE }}' });
  expect(steps[5]).toMatchObject({
    if: 'steps.change.outputs.MADE == \'true\'', with: { name: 'Files', path: 'a.json\nb.json' },
  });
});

test('a further input is where the commands look for it', () => {
  const { steps } = workflowJob(offerJob(), {
    ...run, values: Object.fromEntries(offerJob().variables.map(({ name }) => [name, 'x'])),
  }) as Rendered;
  const [, download, offer] = steps;
  const folder = String(download.with!.path).replace('${{ runner.temp }}', '$RUNNER_TEMP');
  expect(offer.run).toContain(`UPGRADE="${folder}"\n`);
});

test('only a job that pushes keeps the token of its checkout', () => {
  const checkout = (given: HostJob) =>
    (workflowJob(given, { ...run, values: { STAGE: 'x' } }) as Rendered).steps[0].with;
  expect(checkout(job)).toEqual({ 'ref': 'main', 'persist-credentials': false });
  expect(checkout({ ...job, pushes: true })).toEqual({ ref: 'main' });
});

test('without a branch or commit the checkout is of what the workflow was started for, whole where that is asked', () => {
  const { steps: [{ with: checkout }] } = rendered({ ref: undefined, wholeHistory: true });
  expect(checkout).toEqual({ 'fetch-depth': 0, 'persist-credentials': false });
});

test('the job\'s summary is the file that GitHub shows', () => {
  const { steps } = workflowJob(pullRequestJob(), { ...run, values: { TARGET: 'main' } }) as Rendered;
  expect(steps.at(-1)?.run).toMatch(/ --summary "\$GITHUB_STEP_SUMMARY"$/);
});

test('a variable that a workflow gives no value is an error that names it', () => {
  expect(() => rendered({ values: {} })).toThrow('The workflow gives the job made-up no STAGE.');
});
