import { parse } from 'yaml';

/** A workflow as its text says it. */
export interface WorkflowText {
  readonly on: { readonly [event: string]: { readonly branches?: readonly string[] } | null };
  readonly permissions: unknown;
  readonly concurrency?: { readonly 'group': string; readonly 'cancel-in-progress': unknown };
  readonly jobs: { readonly [id: string]: WorkflowJob };
}

export interface WorkflowJob {
  readonly needs: readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: { readonly [scope: string]: string };
  readonly outputs: { readonly [name: string]: string };
  readonly env?: { readonly [name: string]: string };
  readonly steps: readonly WorkflowStep[];
}

export interface WorkflowStep {
  readonly 'name'?: string;
  readonly 'id'?: string;
  readonly 'if'?: string;
  readonly 'uses'?: string;
  readonly 'with'?: { readonly [name: string]: unknown };
  readonly 'env'?: { readonly [name: string]: string };
  readonly 'run'?: string;
  readonly 'continue-on-error'?: boolean;
}

const KNOWN = {
  workflow: ['name', 'on', 'permissions', 'concurrency', 'jobs'],
  job: [
    'name', 'needs', 'if', 'runs-on', 'container', 'environment', 'timeout-minutes', 'permissions', 'outputs', 'defaults',
    'env', 'steps',
  ],
  step: ['name', 'id', 'if', 'uses', 'with', 'env', 'run', 'working-directory', 'continue-on-error'],
};

/** Reads a workflow, and says what is in it that no other part of the reader looks at. */
export function readText(text: string): { readonly workflow: WorkflowText; readonly strange: string[] } {
  const workflow = parse(text) as WorkflowText;
  const strange: string[] = [];
  const know = (what: keyof typeof KNOWN, part: object, where: string) => {
    for (const key of Object.keys(part)) { if (!KNOWN[what].includes(key)) { strange.push(`${key} of ${where}`); } }
  };
  know('workflow', workflow, 'the workflow');
  if (JSON.stringify(workflow.permissions) !== '{}') { strange.push('permissions of the workflow'); }
  const jobs = Object.entries(workflow.jobs).map(([id, job]) => {
    know('job', job, id);
    for (const step of job.steps) { know('step', step, `a step of ${id}`); }
    if (job.permissions === undefined) { strange.push(`${id} has the rights of the workflow`); }
    const { shell } = (job as { defaults?: { run?: { shell?: string } } }).defaults?.run ?? {};
    if (shell !== 'bash') { strange.push(`shell of ${id}`); }
    // What could not be swept waits on; nothing else may fail unseen.
    if (job.steps.some(step => step['continue-on-error'] !== undefined && step.name !== 'sweep')) {
      strange.push(`a step of ${id} that may fail`);
    }
    // The variables of a job are those of all its steps.
    const steps = job.steps.map(step => (step.run && job.env ? { ...step, env: { ...job.env, ...step.env } } : step));
    return [id, { ...job, needs: job.needs ?? [], outputs: job.outputs ?? {}, steps }] as const;
  });
  return { workflow: { ...workflow, jobs: Object.fromEntries(jobs) }, strange };
}
