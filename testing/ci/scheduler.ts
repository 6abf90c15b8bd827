import { asksForStatus, type Contexts, evaluate } from './expressions';
import type { WorkflowJob } from './workflow-text';

export type Result = 'success' | 'failure' | 'cancelled' | 'skipped';

/** What a run is like. */
export interface World {
  readonly event: string;
  /** The job that ends like this instead of going well. */
  readonly ends?: { readonly job: string; readonly as: Result };
  /** Outputs that have another value than the one that the conditions ask for. */
  readonly otherwise?: readonly string[];
}

type Jobs = { readonly [id: string]: WorkflowJob };

/** The values of outputs for which jobs run, by `job.OUTPUT`. */
export function wantedOutputs(jobs: Jobs): ReadonlyMap<string, string> {
  const wanted = new Map<string, string>();
  for (const { if: condition = '' } of Object.values(jobs)) {
    for (const [, job, output, value] of condition.matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+) == '([^']*)'/g)) {
      wanted.set(`${job}.${output}`, value);
    }
  }
  return wanted;
}

/** How each job of a run ends, one after the other as they need each other. */
export function simulate(jobs: Jobs, world: World): Map<string, Result> {
  const results = new Map<string, Result>();
  const wanted = wantedOutputs(jobs);
  const visit = (id: string): Result => {
    const known = results.get(id);
    if (known) { return known; }
    for (const needed of jobs[id].needs) { visit(needed); }
    const contexts = contextsOf(jobs, id, results, world, wanted);
    const { if: condition = '' } = jobs[id];
    const holds = (asksForStatus(condition) || contexts.status.success)
      && (condition === '' || Boolean(evaluate(condition, contexts)));
    const result = !holds ? 'skipped' : world.ends?.job === id ? world.ends.as : 'success';
    results.set(id, result);
    return result;
  };
  for (const id of Object.keys(jobs)) { visit(id); }
  return results;
}

/** What the expressions of a job read in a run. */
export function contextsOf(
  jobs: Jobs, id: string, results: ReadonlyMap<string, Result>, { event, otherwise = [] }: World,
  wanted = wantedOutputs(jobs),
): Contexts {
  // A job whose need was left out is left out, too, and so is one that needs that one.
  const before = [...transitive(jobs, id)].map(needed => results.get(needed));
  const output = (name: string) => (otherwise.includes(name) ? 'other' : wanted.get(name) ?? name);
  return {
    results: jobs[id].needs.map(needed => results.get(needed)!),
    status: {
      success: before.every(result => result === 'success'), failure: before.includes('failure'), cancelled: false,
    },
    value: path => {
      const [context, job, kind, name] = path.split('.');
      if (context !== 'needs') { return path === 'github.event_name' ? event : path; }
      if (!jobs[id].needs.includes(job)) { throw new Error(`${id} reads ${path} and does not need ${job}.`); }
      if (kind === 'result') { return results.get(job)!; }
      return results.get(job) === 'success' ? output(`${job}.${name}`) : '';
    },
  };
}

/** All jobs that a job comes after. */
export function transitive(jobs: Jobs, id: string): Set<string> {
  const found = new Set<string>();
  const visit = (each: string): void => {
    for (const needed of jobs[each]?.needs ?? []) {
      if (!found.has(needed)) { found.add(needed); visit(needed); }
    }
  };
  visit(id);
  return found;
}
