import { type Job, type JobRole, optional, variables } from './job';
import type { RequestKind } from '../plan/workflows/grants';

/** What a run works on: it is taken of what waits, and each variable comes from there. */
export function takeJob(kind: Exclude<RequestKind, 'approval'>, role: JobRole): Job {
  const asked = kind === 'deploy' ? ['MODEL_PACKAGE', 'RETRY_IN', 'ROLL_BACK_IN'] : ['COMMIT', 'REASON'];
  return {
    name: 'take',
    role,
    tools: { python: '3.12' },
    inputs: ['Tools'],
    variables: [...variables('plan', 'KIND'), ...variables('run', 'EXECUTION_ID'), ...optional('run', 'REQUEST')],
    steps: [{ name: 'take', kind: 'work', commands: ['python3 -u take.py', '. ./exports.sh'] }],
    outputs: { variables: ['FOUND', 'REQUEST', ...asked] },
  };
}

/** Says what became of a request, however the run ended. */
export const FINISH: Job = {
  name: 'end',
  tools: { python: '3.12' },
  inputs: ['Tools'],
  variables: [...variables('plan', 'KIND'), ...variables('run', 'REQUEST', 'EXECUTION_ID', 'OUTCOME')],
  steps: [{ name: 'finish', kind: 'work', commands: ['python3 -u finish.py'] }],
};

/** The same job, which first waits for somebody who approves in AWS what was shown. */
export function awaitChangeJob(job: Job): Job {
  return {
    ...job,
    steps: job.steps.map(step => ({
      ...step,
      commands: [
        ...step.commands.slice(0, -1), 'ENVIRONMENT="$STAGE" python3 -u "$tools/await_change.py"',
        ...step.commands.slice(-1),
      ],
    })),
  };
}
