import { before, type GitlabJobs, readFile, ruleOf, simulate, type Started } from './gitlab-pipeline';
import type { NeutralAction, NeutralDelivery, NeutralRun, NeutralStage } from './neutral';
import { readGitlabJob } from './read-gitlab-job';

/** What the pipelines of a delivery do, and what those of a schedule do besides. */
export interface GitlabDelivery extends NeutralDelivery {
  readonly swept: { readonly [group: string]: readonly NeutralAction[] };
  /** The branches that each file has jobs for. */
  readonly branches: { readonly [file: string]: readonly string[] };
}

interface Read { readonly name: string; readonly stage: string; readonly lane: string; readonly actions: readonly NeutralAction[] }

/** Reads back what the pipelines of a delivery do, from the texts of the files that its main one includes. */
export function readGitlab(
  texts: { readonly [file: string]: string },
  groups: { readonly [name: string]: { readonly build: string; readonly deploy: string } },
): GitlabDelivery {
  const fileOf = (name: string) => texts[`.gitlab/ci/${name}.yml`];
  const deploys = Object.entries(groups).map(([name, { deploy }]) => [name, deploy] as const);
  return {
    groups: Object.fromEntries(Object.entries(groups).map(([name, { build, deploy }]) => [
      name, { build: readRun(fileOf(build), build), deploy: readRun(fileOf(deploy), deploy) },
    ])),
    ...(fileOf('infrastructure') ? { infrastructure: readRun(fileOf('infrastructure'), 'infrastructure') } : {}),
    swept: Object.fromEntries(deploys.map(([name, deploy]) => [name, readSweep(fileOf(deploy))])),
    branches: Object.fromEntries(Object.entries(texts).filter(([file]) => file.startsWith('.gitlab/')).map(([file, text]) => [
      file.replace(/^.*\/|\.yml$/g, ''), branchesOf(text),
    ])),
  };
}

function readAll(jobs: GitlabJobs, strange: string[]): Read[] {
  const order = Object.keys(jobs).sort((a, b) => before(jobs, a).size - before(jobs, b).size);
  const made = new Map<string, Read>();
  const is = (name: string) => {
    const { actions: [first], lane } = made.get(name) ?? { actions: [], lane: '' };
    return `${first?.does ?? name}${lane ? ` ${lane}` : ''}`;
  };
  for (const name of order) {
    const { actions, strange: found } = readGitlabJob(name, jobs[name], jobs, is);
    strange.push(...found);
    made.set(name, { name, actions, ...placeOf(actions) });
  }
  return [...made.values()];
}

/** Reads what a pipeline does that is started as this, and what a push does. */
function readRun(text: string, run: string): NeutralRun {
  const { jobs: all, strange } = readFile(text);
  const asked: Started = { source: 'trigger', branch: branchesOf(text)[0], run };
  const jobs = Object.fromEntries(Object.entries(all).filter(([, job]) => ruleOf(job, asked)));
  const pushes: Started = { ...asked, source: 'push', run: undefined };
  const pushed = Object.keys(all).filter(name => ruleOf(all[name], pushes));
  for (const other of [{ ...asked, branch: 'feature' }, { ...asked, source: 'merge_request_event', run: undefined } as const, { ...asked, run: 'other' }]) {
    if (Object.values(all).some(job => ruleOf(job, other))) { strange.push(`a job runs in ${JSON.stringify(other)}`); }
  }
  const read = readAll(jobs, strange).map(job => ({
    ...job, actions: job.actions.map(action => ({ ...action, onlyIf: conditionsOf(job.name, action) })),
  }));
  const names = [...new Set(read.map(({ stage }) => stage))];
  const stages = names.map(name => [name, read.filter(({ stage }) => stage === name)] as const);
  stages.forEach(([, later], index) => checkOrder(jobs, index > 0 ? stages[index - 1][1] : [], later, strange));
  return {
    ...(pushed.length > 0 ? { branch: pushes.branch } : {}),
    overlap: overlapOf(jobs), strange,
    stages: stages.map(([name, ofStage]) => stageOf(jobs, name, ofStage)),
    afterFailure: Object.fromEntries(stages.map(([name, ofStage]) => [name, [...new Set(ofStage.flatMap(({ name: job }) => {
      const results = simulate(jobs, asked, job);
      return results.get(job) !== 'failed' ? [] : read.filter(other => results.get(other.name) === 'success'
        && before(jobs, other.name).has(job)).flatMap(({ actions }) => actions.map(({ does, variables: { OUTCOME: how } }) => (
        how ? `${does}: ${how}` : does)));
    }))]])),
  };

  /** What must hold; a job that a push starts alone asks for what the others do where they are there. */
  function conditionsOf(name: string, { onlyIf }: NeutralAction): string[] {
    const isAlone = pushed.length > 0 && pushed.length < Object.keys(jobs).length;
    return (isAlone && !pushed.includes(name) ? ['only where it is asked for', ...onlyIf] : [...onlyIf]).sort();
  }
}

function readSweep(text: string): NeutralAction[] {
  const { jobs, strange } = readFile(text);
  const started: Started = { source: 'schedule', branch: branchesOf(text)[0] };
  const swept = Object.fromEntries(Object.entries(jobs).filter(([, job]) => ruleOf(job, started)));
  const found = readAll(swept, strange).flatMap(({ actions }) => actions);
  if (strange.length > 0) { throw new Error(strange.join('\n')); }
  return found;
}

const branchesOf = (text: string) => [...new Set([...text.matchAll(/\$CI_COMMIT_BRANCH == "([^"]*)"/g)].map(match => match[1]))];

/** What never runs twice at a time. */
function overlapOf(jobs: GitlabJobs): string {
  const held = Object.values(jobs).filter(job => job.resource_group !== undefined);
  if (held.length === 0) { return 'side by side'; }
  if (new Set(held.map(job => job.resource_group)).size > 1) { return 'jobs hold several things'; }
  return `one at a time of ${held.length} jobs`;
}

/** The stage and the environment of a job, by the variables that it has and what lets it run. */
function placeOf(actions: readonly NeutralAction[]): { stage: string; lane: string } {
  const [{ does, variables, onlyIf, runs, takes } = {
    does: 'nothing', variables: {} as { [name: string]: string }, onlyIf: [] as readonly string[], takes: [] as readonly string[],
    runs: undefined,
  }] = actions;
  const word = (name: string) => variables[name]?.replaceAll('"', '');
  if (variables.STAGE) { return { stage: word('STAGE'), lane: word('STAGE') }; }
  if (variables.ENVIRONMENT) {
    const wave = onlyIf.flatMap(text => /^ACTION_(\d+) is /.exec(text)?.[1] ?? [])[0];
    return { stage: `wave ${wave ?? '?'}`, lane: word('ENVIRONMENT') };
  }
  if (does === 'synth' && runs && takes.some(each => each.startsWith('Infrastructure'))) { return { stage: 'prepare', lane: '' }; }
  return { stage: { fetch: 'prepare', finish: 'end' }[does] ?? does, lane: '' };
}

function stageOf(jobs: GitlabJobs, name: string, ofStage: readonly Read[]): NeutralStage {
  const lanes: { [lane: string]: NeutralAction[] } = {};
  for (const { lane, actions } of ofStage) { (lanes[lane] ??= []).push(...actions); }
  const checks = ofStage.filter(({ actions }) => actions.every(({ does }) => does === 'check'));
  const checksFirst = ofStage.filter(job => !checks.includes(job)).every(job => checks.every(check => before(jobs, job.name).has(check.name)));
  return { name, checksFirst, lanes };
}

function checkOrder(jobs: GitlabJobs, earlier: readonly Read[], later: readonly Read[], strange: string[]): void {
  const waits = (job: Read, other: Read) => {
    if (!before(jobs, job.name).has(other.name)) { strange.push(`${job.name} does not wait for ${other.name}`); }
  };
  for (const job of later) { for (const other of earlier) { waits(job, other); } }
  for (const lane of new Set(later.map(job => job.lane))) {
    const [first, ...rest] = later.filter(job => job.lane === lane && !job.actions.some(({ does }) => does === 'finish'));
    if (first) { rest.reduce((other, job) => { waits(job, other); return job; }, first); }
  }
}
