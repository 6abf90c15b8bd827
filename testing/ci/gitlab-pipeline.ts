import { parseAllDocuments } from 'yaml';

/** A job of GitLab's as its text says it. */
export interface GitlabJob {
  readonly stage: string;
  readonly rules: ReadonlyArray<{
    readonly if?: string; readonly when?: string; readonly changes?: { readonly paths: readonly string[] };
  }>;
  readonly needs?: ReadonlyArray<{ readonly job: string; readonly optional?: boolean }>;
  readonly dependencies?: readonly string[];
  readonly environment?: { readonly name: string };
  readonly resource_group?: string;
  readonly id_tokens?: { readonly [name: string]: { readonly aud: string } };
  readonly variables: { readonly [name: string]: string };
  readonly script: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[]; readonly reports: { readonly dotenv: string } };
}

export type GitlabJobs = { readonly [name: string]: GitlabJob };

/** Why a pipeline is made, and as what. */
export interface Started {
  readonly source: 'push' | 'schedule' | 'trigger' | 'web' | 'merge_request_event';
  readonly branch: string;
  /** The input that says what it does. */
  readonly run?: string;
}

const KNOWN = [
  'stage', 'tags', 'image', 'rules', 'needs', 'dependencies', 'timeout', 'environment', 'resource_group', 'cache',
  'inherit', 'variables', 'id_tokens', 'script', 'artifacts',
];

/** Reads one file, and says what is in it that no other part of the reader looks at. */
export function readFile(text: string): { readonly jobs: GitlabJobs; readonly strange: string[] } {
  const [header, body, ...more] = parseAllDocuments(text).map(document => document.toJS() as object);
  const strange = more.length > 0 ? ['a further document'] : [];
  const inputs = (header as { spec: { inputs: { [name: string]: object } } }).spec.inputs;
  if (JSON.stringify(inputs) !== '{"run":{"default":"none"},"request":{"default":"none"}}') { strange.push('other inputs'); }
  const jobs = body as GitlabJobs;
  for (const [name, job] of Object.entries(jobs)) {
    for (const key of Object.keys(job)) { if (!KNOWN.includes(key)) { strange.push(`${key} of ${name}`); } }
    const own = job as GitlabJob & { cache: unknown; inherit: unknown };
    if (JSON.stringify([own.cache, own.inherit]) !== '[[],{"default":false,"variables":false}]') {
      strange.push(`${name} has what is other jobs', too`);
    }
    if (!['deploy', '.post'].includes(job.stage)) { strange.push(`stage of ${name}`); }
    if (job.stage === '.post' && job.needs) { strange.push(`${name} does not wait for all`); }
    if (Object.keys(job.variables).some(variable => !variable.startsWith('GIT_'))) { strange.push(`variables of ${name}`); }
  }
  return { jobs, strange };
}

/** The rule by which a job is in a pipeline; undefined where it is not. */
export function ruleOf({ rules }: GitlabJob, started: Started): GitlabJob['rules'][number] | undefined {
  return rules.find(({ if: condition = '' }) => holds(condition, started));
}

/** Whether a condition holds, as far as the rendered pipelines use the language; anything else is an error. */
function holds(condition: string, { source, branch, run = 'none' }: Started): boolean {
  const values: { readonly [name: string]: string } = { CI_PIPELINE_SOURCE: source, CI_COMMIT_BRANCH: branch };
  const word = (text: string): string => {
    const [, literal] = /^"([^"]*)"$/.exec(text) ?? [];
    if (literal !== undefined) { return literal; }
    const value = values[text.slice(1)];
    if (!text.startsWith('$') || value === undefined) { throw new Error(`Unknown in a rule: ${text}`); }
    return value;
  };
  return condition.replaceAll('$[[ inputs.run ]]', run).split(' && ').every(part => {
    const [left, right, ...more] = part.split(' == ');
    if (more.length > 0 || right === undefined) { throw new Error(`Unknown in a rule: ${part}`); }
    return word(left) === word(right);
  });
}

/** How each job of a pipeline ends where one of them fails; those that are not in it are left out. */
export function simulate(jobs: GitlabJobs, started: Started, failing?: string): Map<string, 'success' | 'failed' | 'skipped'> {
  const results = new Map<string, 'success' | 'failed' | 'skipped'>();
  const inIt = Object.entries(jobs).filter(([, job]) => ruleOf(job, started));
  const visit = ([name, job]: typeof inIt[number]) => {
    const others = job.stage === '.post'
      ? inIt.filter(([, other]) => other.stage !== '.post').map(([other]) => other)
      : (job.needs ?? []).map(need => need.job);
    const ends = others.map(other => {
      const found = inIt.find(([each]) => each === other);
      if (!found && !job.needs?.find(need => need.job === other)?.optional) {
        throw new Error(`${name} needs ${other}, which is not in the pipeline.`);
      }
      if (found && !results.has(other)) { visit(found); }
      return results.get(other) ?? 'success';
    });
    const onFailure = ruleOf(job, started)!.when === 'on_failure';
    const runs = onFailure ? ends.includes('failed') : ends.every(result => result === 'success');
    results.set(name, !runs ? 'skipped' : name === failing ? 'failed' : 'success');
  };
  for (const each of inIt) { if (!results.has(each[0])) { visit(each); } }
  return results;
}

/** All jobs that a job comes after. */
export function before(jobs: GitlabJobs, name: string): Set<string> {
  const found = new Set<string>();
  const visit = (each: string): void => {
    const { stage, needs = [] } = jobs[each];
    const direct = stage === '.post' ? Object.keys(jobs).filter(other => jobs[other].stage !== '.post') : needs.map(need => need.job);
    for (const other of direct) { if (!found.has(other)) { found.add(other); visit(other); } }
  };
  visit(name);
  return found;
}
