import { Component, JsonPatch, type typescript } from 'projen';
import { action } from '../src/ci/github/actions';

/** Jobs that run code of the repository; those after them only take what these have made. */
const RUNNING = { build: 'build', release: 'release' } as const;

interface Step {
  readonly uses?: string;
}

/**
 * The project's own workflows as it renders those of others: actions by commit, since a tag can be moved; no
 * credentials in the checkout of a job that runs its code; and no trigger that hands a write token to what a fork says.
 */
export class GuardedWorkflows extends Component {
  public constructor(project: typescript.TypeScriptProject) {
    super(project);
    for (const name of ['actions/setup-node', 'actions/setup-python'] as const) {
      project.github?.actions.set(name, action(name));
    }
    // The title is all that is read, which a token without rights can do.
    project.tryFindObjectFile('.github/workflows/pull-request-lint.yml')?.patch(
      JsonPatch.copy('/on/pull_request_target', '/on/pull_request'),
      JsonPatch.remove('/on/pull_request_target'),
      JsonPatch.replace('/jobs/validate/permissions', { 'pull-requests': 'read' }),
    );
    for (const [name, id] of Object.entries(RUNNING)) {
      const workflow = project.github?.tryFindWorkflow(name);
      const { steps } = workflow?.getJob(id) as { steps: readonly Step[] | (() => readonly Step[]) };
      const now = typeof steps === 'function' ? steps() : steps;
      const checkout = now.findIndex(step => step.uses?.startsWith('actions/checkout'));
      // What is added later comes after it.
      if (checkout < 0) { throw new Error(`the job ${id} checks nothing out any more`); }
      workflow?.file?.addOverride(`jobs.${id}.steps.${checkout}.with.persist-credentials`, false);
    }
  }
}
