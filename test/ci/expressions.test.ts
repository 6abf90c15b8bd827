import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { checkedPlan } from '../../src/plan/check';
import { asksForStatus, evaluate } from '../../testing/ci/expressions';
import { workflowTexts } from '../../testing/ci/moved';
import { contextsOf, type Result, simulate } from '../../testing/ci/scheduler';
import { readText } from '../../testing/ci/workflow-text';
import { cleanUp } from '../../testing/deliveries/synth';
import { BY_WORKFLOWS } from '../../testing/deliveries/workflows';
import { ROOT } from '../../testing/harness/process';

afterAll(cleanUp);

interface Question { readonly evaluate: string; readonly contexts: object; readonly status: object }

/** Every condition of the workflows of a delivery, where all goes well and after each job that does not. */
function questions(): Array<{ readonly question: Question; readonly ours: boolean }> {
  return Object.values(workflowTexts(checkedPlan(BY_WORKFLOWS.workflows).plan!)).flatMap(text => {
    const { workflow: { jobs, on } } = readText(text);
    return Object.keys(on).flatMap(event => [undefined, ...Object.keys(jobs)].flatMap(job => {
      const world = { event, ...(job ? { ends: { job, as: 'failure' as const } } : {}) };
      const results = simulate(jobs, world);
      return Object.entries(jobs).filter(([, { if: condition = '' }]) => asksForStatus(condition)).map(([id, { if: condition }]) => {
        const contexts = contextsOf(jobs, id, results, world);
        const outputs = (needed: string) => Object.fromEntries(Object.keys(jobs[needed].outputs).map(name => [
          name, contexts.value(`needs.${needed}.outputs.${name}`),
        ]));
        const needs = Object.fromEntries(jobs[id].needs.map(needed => [
          needed, { result: results.get(needed) as Result, outputs: outputs(needed) },
        ]));
        return {
          question: {
            evaluate: condition!, contexts: { needs, github: { event_name: event } },
            status: { ...contexts.status, always: true },
          },
          ours: Boolean(evaluate(condition!, contexts)),
        };
      });
    }));
  });
}

test('conditions are what GitHub\'s own evaluator says that they are (npm, @actions/expressions)', () => {
  const all = questions();
  expect(all.length).toBeGreaterThan(100);
  const { stdout, stderr } = spawnSync('npx', [
    'tsx', '--tsconfig', 'tsconfig.dev.json', path.join('testing', 'journey', 'workflow-language.ts'),
  ], { cwd: ROOT, encoding: 'utf8', input: `${all.map(({ question }) => JSON.stringify(question)).join('\n')}\n` });
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n').map(line => (JSON.parse(line) as { value?: unknown }).value))
    .toEqual(all.map(({ ours }) => ours));
  expect(new Set(all.map(({ ours }) => ours)).size).toBe(2);
});
