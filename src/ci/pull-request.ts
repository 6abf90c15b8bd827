import { type HostJob, optional, variables } from './job';

/** What compares the runs writes it here; `runner/local_runner/pull_request` knows the file, too. */
export const COMPARISON = 'build/pull-request/summary.md';

/**
 * Checks what somebody wants to merge: linters, tests, the infrastructure's synth, and the pipeline's run on data of
 * the repository, compared with that of the target.
 *
 * It runs code of whoever proposes it, so it has no rights but to read that code, and keeps nothing that another run
 * takes up. The last step tells its result by itself, also when a quality gate is missed.
 */
export function pullRequestJob(): HostJob {
  return {
    name: 'pull-request',
    tools: { python: '3.11', nodejs: '22' },
    inputs: ['Source'],
    variables: [...variables('run', 'TARGET'), ...optional('plan', 'DATA')],
    steps: [
      // npm runs the tasks of ejected repositories too, where there is no projen.
      { name: 'install', kind: 'install', commands: ['npm ci', 'npm run --silent setup'] },
      { name: 'lint', kind: 'test', commands: ['npm run --silent lint'] },
      { name: 'test', kind: 'test', commands: ['npm run --silent test'] },
      // A delivery has the templates validated, too.
      { name: 'synth', kind: 'work', commands: ['npm run --silent synth -- --validation'] },
      { name: 'compile', kind: 'work', commands: ['npm run --silent pipeline:compile'] },
      {
        name: 'compare', kind: 'work', commands: [
          ({ summary }) => 'npm run --silent pr:compare -- --offline --target "$TARGET" ${DATA:+--data "$DATA"}'
            + (summary ? ` --summary "${summary}"` : ''),
        ],
      },
    ],
    outputs: { files: [COMPARISON] },
  };
}
