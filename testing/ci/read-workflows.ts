import { evaluate, interpolate } from './expressions';
import { type NeutralAction, type NeutralDelivery, type NeutralRun } from './neutral';
import { JobReader } from './read-job';
import { contextsOf, simulate, transitive, wantedOutputs } from './scheduler';
import { readText, type WorkflowText } from './workflow-text';

/** The texts of a delivery's workflows, by the names of their files. */
export type WorkflowTexts = { readonly [file: string]: string };

/** Reads back what the workflows of a delivery do; groups are known by the names of their files. */
export function readWorkflows(
  texts: WorkflowTexts, groups: { readonly [name: string]: { readonly build: string; readonly deploy: string } },
): NeutralDelivery {
  return {
    groups: Object.fromEntries(Object.entries(groups).map(([name, { build, deploy }]) => [
      name, { build: readWorkflow(texts[build]), deploy: readWorkflow(texts[deploy]) },
    ])),
    ...(texts.infrastructure === undefined ? {} : { infrastructure: readWorkflow(texts.infrastructure) }),
  };
}

interface ReadJob {
  readonly id: string;
  readonly stage: string;
  readonly lane: string;
  readonly actions: readonly NeutralAction[];
}

/** Reads one workflow. */
export function readWorkflow(text: string): NeutralRun {
  const { workflow, strange } = readText(text);
  const jobs = readJobs(workflow, strange);
  const stages = stagesOf(workflow, jobs, strange);
  const branches = workflow.on.push?.branches;
  return {
    ...(branches ? { branch: branches.join() } : {}),
    overlap: overlapOf(workflow),
    stages: stages.map(([name, ofStage]) => ({
      name, checksFirst: checksFirst(workflow, ofStage), lanes: lanesOf(ofStage),
    })),
    afterFailure: afterFailure(workflow, stages),
    strange,
  };
}

function overlapOf({ concurrency }: WorkflowText): string {
  if (!concurrency) { return 'whatever is started runs'; }
  if (concurrency['cancel-in-progress'] !== false) { return 'what runs is ended'; }
  const { group } = concurrency;
  if (group.endsWith('${{ inputs.request || github.run_id }}')) { return 'side by side'; }
  return group.includes('${{') ? group : 'the newest of those that wait follows';
}

function readJobs(workflow: WorkflowText, strange: string[]): ReadJob[] {
  const { jobs } = workflow;
  const order = Object.keys(jobs).sort((a, b) => transitive(jobs, a).size - transitive(jobs, b).size);
  const made = new Map<string, ReadJob>();
  for (const id of order) {
    const reader = new JobReader(id, jobs[id], other => {
      const { actions: [first], lane } = made.get(other) ?? { actions: [], lane: '' };
      return { is: `${first?.does ?? other}${lane ? ` ${lane}` : ''}`, job: jobs[other] };
    }, expression => isCommit(workflow, id, expression));
    strange.push(...reader.strange);
    const conditions = conditionsOf(workflow, id, made);
    const actions = reader.actions.map(action => ({
      ...action, onlyIf: [...conditions, ...action.onlyIf].sort(),
      variables: Object.fromEntries(Object.entries(action.variables).map(([name, value]) => [
        name, name === 'OUTCOME' ? outcome(workflow, id, value) : value,
      ])),
    }));
    made.set(id, { id, actions, ...placeOf(actions, wantedOf(conditions)) });
  }
  return [...made.values()];
}

const wantedOf = (conditions: readonly string[]) => conditions.flatMap(text => /^ACTION_(\d+) of /.exec(text)?.[1] ?? [])[0];

/** The stage and the environment of a job, by the variables that it has and what lets it run. */
function placeOf(actions: readonly NeutralAction[], wave: string | undefined): { stage: string; lane: string } {
  const [{ does, variables } = { does: 'nothing', variables: {} as { [name: string]: string } }] = actions;
  const word = (name: string) => variables[name]?.replaceAll('"', '');
  if (variables.STAGE) { return { stage: word('STAGE'), lane: word('STAGE') }; }
  if (variables.ENVIRONMENT) { return { stage: `wave ${wave ?? '?'}`, lane: word('ENVIRONMENT') }; }
  const stage = { fetch: 'prepare', finish: 'end' }[does] ?? (does === 'synth' && actions[0].takes.some(
    each => each.startsWith('Infrastructure')) ? 'prepare' : does);
  return { stage, lane: '' };
}

/** What must be said by other jobs for a job to run, by what is left out when it is said otherwise. */
function conditionsOf(
  { on, jobs }: WorkflowText, id: string, made: ReadonlyMap<string, ReadJob>,
): string[] {
  const events = Object.keys(on);
  const running = events.filter(event => simulate(jobs, { event }).get(id) === 'success');
  const only = running.length < events.length ? [`only on ${running.join()}`] : [];
  const wanted = [...wantedOutputs(jobs)];
  const asked = running.map(event => wanted.filter(([output]) => (
    simulate(jobs, { event, otherwise: [output] }).get(id) === 'skipped')).map(([output, value]) => {
    const [job, name] = output.split('.');
    const { actions: [first], lane } = made.get(job) ?? { actions: [], lane: '' };
    return `${name} of ${first?.does ?? job}${lane ? ` ${lane}` : ''} is "${value}"`;
  }));
  const all = [...new Set(asked.flat())];
  return [...only, ...all.map(condition => {
    const holds = running.filter((_, i) => asked[i].includes(condition));
    return holds.length === running.length ? condition : `${holds.join()}: ${condition}`;
  })];
}

/** Whether an expression is the commit of a push, and the one that was asked for where one was. */
function isCommit({ jobs, on }: WorkflowText, id: string, text: string): boolean {
  if (!text.includes('github.sha')) { return false; }
  const of = (event: string, commit: string) => {
    const contexts = contextsOf(jobs, id, simulate(jobs, { event }), { event });
    return interpolate(text, {
      ...contexts, value: path => (path === 'needs.take.outputs.COMMIT' && contexts.value(path) ? commit : contexts.value(path)),
    });
  };
  return of('push', 'none') === 'github.sha' && (!jobs.take
    || (of(Object.keys(on).at(-1)!, 'none') === 'github.sha' && of(Object.keys(on).at(-1)!, 'abc') === 'abc'));
}

/** Whether what is said of a run's end is what has happened, whichever job has failed or was ended. */
function outcome({ jobs, on }: WorkflowText, id: string, expression: string): string {
  const text = /^"?\$\{\{ (.*) \}\}"?$/.exec(expression)?.[1];
  const event = Object.keys(on).at(-1)!;
  const isRight = text !== undefined && [undefined, ...Object.keys(jobs).filter(job => job !== id)].every(job =>
    (['failure', 'cancelled'] as const).every(as => {
      const world = { event, ...(job ? { ends: { job, as } } : {}) };
      const results = simulate(jobs, world);
      if (results.get(id) !== 'success') { return job === 'take'; }
      return evaluate(text, contextsOf(jobs, id, results, world)) === (job ? 'failed' : 'done');
    }));
  return isRight ? '"failed" after any failure, else "done"' : expression;
}

type Stage = readonly [name: string, jobs: readonly ReadJob[]];

/** The stages in the order in which their jobs wait for each other. */
function stagesOf({ jobs }: WorkflowText, read: readonly ReadJob[], strange: string[]): Stage[] {
  const names = [...new Set(read.map(({ stage }) => stage))];
  const stages = names.map((name): Stage => [name, read.filter(({ stage }) => stage === name)]);
  stages.forEach(([, later], index) => {
    for (const job of later) {
      for (const before of index > 0 ? stages[index - 1][1] : []) {
        if (!transitive(jobs, job.id).has(before.id)) { strange.push(`${job.id} does not wait for ${before.id}`); }
      }
    }
    for (const lane of new Set(later.map(job => job.lane))) {
      const [first, ...rest] = later.filter(job => job.lane === lane);
      rest.reduce((before, job) => {
        if (!transitive(jobs, job.id).has(before.id)) { strange.push(`${job.id} does not wait for ${before.id}`); }
        return job;
      }, first);
    }
  });
  return stages;
}

function lanesOf(jobs: readonly ReadJob[]): { [lane: string]: NeutralAction[] } {
  const lanes: { [lane: string]: NeutralAction[] } = {};
  for (const { lane, actions } of jobs) { (lanes[lane] ??= []).push(...actions); }
  return lanes;
}

/** Whether every job of a stage that does more than check waits for all that check. */
function checksFirst({ jobs }: WorkflowText, stage: readonly ReadJob[]): boolean {
  const checks = stage.filter(({ actions }) => actions.every(({ does }) => does === 'check'));
  return stage.filter(job => !checks.includes(job)).every(job => checks.every(check => transitive(jobs, job.id).has(check.id)));
}

/** What runs in spite of a failure before it, or of an end that somebody has made. */
function afterFailure({ jobs, on }: WorkflowText, stages: readonly Stage[]): { [stage: string]: string[] } {
  return Object.fromEntries(stages.map(([name, ofStage], index) => {
    const later = stages.slice(index + 1).flatMap(([, each]) => each);
    const still = ofStage.flatMap(({ id }) => (['failure', 'cancelled'] as const).flatMap(as => Object.keys(on).flatMap(event => {
      const regular = simulate(jobs, { event });
      if (regular.get(id) !== 'success') { return []; }
      const results = simulate(jobs, { event, ends: { job: id, as } });
      return [...later, ...ofStage.filter(job => transitive(jobs, job.id).has(id))]
        .filter(job => results.get(job.id) === 'success').flatMap(({ actions, lane }) => (
          actions.map(({ does }) => `${does}${lane ? ` ${lane}` : ''}`)));
    })));
    return [name, [...new Set(still)]];
  }));
}
