import { cloudJob, type CloudRun, type Way } from './cloud-job';
import { type Common, commonOf, EXECUTION_ID, NOTHING_FAILED, OUTCOME, type Workflow } from './workflow';
import { WorkflowJob } from '../../options/github-actions';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { JOB_SESSION_HOURS } from '../../plan/workflows/trust';
import { actionVariable, assembleJob, decideJob, FETCH_CODE, isRecorded, releaseSteps, verifyJob } from '../release';
import { FINISH, takeJob } from '../requests';
import { approvalMinutes, releaseHours } from './release-hours';

const NOTES = [
  'Deploys exactly the version that a request in AWS names: who starts a run cannot say what it deploys. Runs are '
    + 'started by the GitHub App as soon as a version is approved or rejected, and by the schedule for what waits '
    + 'still.',
  'Templates are made from the infrastructure code that was deployed last, not from this checkout. Each job has a role '
    + 'of its own; that of an environment needs the approval of its reviewers.',
];

/** The workflow that brings approved versions to each environment of a group in turn. */
export function deployWorkflow(plan: DeliveryPlan, group: PlannedGroup): Workflow {
  const common = commonOf(plan);
  const workflows = group.workflows!;
  return {
    name: workflows.deploy,
    notes: NOTES,
    obj: {
      name: workflows.deploy,
      on: {
        schedule: [{ cron: common.github.sweepSchedule }],
        workflow_dispatch: { inputs: { request: REQUEST_INPUT } },
      },
      permissions: {},
      // Runs do not wait for each other: one that waits for a person must not hold up the return to the last good
      // version.
      concurrency: {
        'group': `${workflows.deploy}-\${{ inputs.request || github.run_id }}`, 'cancel-in-progress': false,
      },
      jobs: jobs(plan, group, common),
    },
  };
}

/** The input of a workflow that takes a request. */
export const REQUEST_INPUT = {
  description: 'What is taken of that which waits; the oldest unless given', required: false, type: 'string',
};

const FOUND = "needs.take.outputs.FOUND == 'yes'";

function jobs(plan: DeliveryPlan, group: PlannedGroup, common: Common): { readonly [id: string]: object } {
  const { roles, waves } = group;
  const workflows = group.workflows!;
  const { runners } = common;
  const tools = { Tools: workflows.toolsParameter };
  const preparer = common.aws(roles.preparer!);
  const given = (name: string) => `\${{ needs.take.outputs.${name} }}`;
  const made: { [id: string]: object } = {
    take: cloudJob(takeJob('deploy', 'group.preparer'), {
      name: 'take what waits', aws: preparer, needs: [], runners, timeoutMinutes: 15, published: tools,
      values: { REQUEST: '${{ inputs.request }}', EXECUTION_ID, KIND: 'deploy' },
      permissions: { actions: 'write' },
      more: [{
        'name': 'sweep', 'if': "github.event_name == 'schedule'",
        // What it could not start waits on; the deployment that was taken does not.
        'continue-on-error': true,
        'env': {
          GITHUB_TOKEN: '${{ github.token }}', BUILD_WORKFLOW: `${workflows.build}.yml`, BRANCH: group.sourceBranch,
          REQUESTS_TABLE: workflows.requests,
        },
        'run': 'python3 sweep.py',
      }],
    }),
    // Whatever runs in a job that may ask for an identity can ask for one itself: code of the repository runs in one
    // that may not.
    fetch: cloudJob(FETCH_CODE, {
      name: 'fetch the code', aws: common.aws(roles.assembler!), needs: ['take'], if: FOUND, runners,
      timeoutMinutes: 15, published: { Infrastructure: workflows.codeParameter }, handsOn: 'Infrastructure', values: {},
    }),
    assemble: cloudJob({ ...assembleJob(plan.delivery.infrastructure), role: undefined }, {
      name: 'synthesize', needs: ['fetch'], runners, timeoutMinutes: 30,
      handedOn: [{ name: 'Infrastructure', job: 'fetch' }], handsOn: 'Assembly', values: {},
      own: common.own(WorkflowJob.SYNTH),
    }),
    prepare: cloudJob(decideJob(waves.length), {
      name: 'prepare', aws: common.aws(roles.preparer!, releaseHours(group)), needs: ['take', 'assemble'], runners,
      timeoutMinutes: 60 * releaseHours(group), published: tools, handedOn: [{ name: 'Assembly', job: 'assemble' }],
      handsOn: 'Deployment',
      values: {
        MODEL_PACKAGE: given('MODEL_PACKAGE'), RETRY_IN: given('RETRY_IN'), ROLL_BACK_IN: given('ROLL_BACK_IN'),
        EXECUTION_ID,
      },
    }),
  };
  const before: string[] = [];
  waves.forEach((wave, index) => {
    const waits = wave.environments.some(e => e.manualApproval);
    const checks = wave.environments.map(e => jobId('check', e));
    const deployed = `${NOTHING_FAILED} && needs.prepare.outputs.${actionVariable(index)} == 'deploy'`;
    for (const environment of wave.environments) {
      made[jobId('check', environment)] = cloudJob(verifyJob(group, 'group.preparer'), {
        name: `check ${environment.name}`, aws: preparer, needs: ['prepare', ...before], if: deployed, runners,
        timeoutMinutes: 60, handedOn: DEPLOYMENT, summary: 'SUMMARY',
        values: { ENVIRONMENT: environment.name, EXECUTION_ID }, ways: [{ name: 'check', values: { TOOL: 'check' } }],
      });
    }
    for (const environment of wave.environments) {
      made[jobId('deploy', environment)] = cloudJob(
        verifyJob(group, 'environment.shipper'), shipping(group, environment, waits, common, {
          needs: ['prepare', ...before, ...checks], if: deployed,
        }),
      );
    }
    before.push(...checks, ...wave.environments.map(e => jobId('deploy', e)));
  });
  return {
    ...made,
    end: cloudJob(FINISH, {
      name: 'say what became of it', aws: preparer, needs: Object.keys(made), if: `always() && ${FOUND}`, runners,
      timeoutMinutes: 15, published: tools,
      values: {
        REQUEST: given('REQUEST'), EXECUTION_ID, KIND: 'deploy',
        OUTCOME,
      },
    }),
  };
}

/** The templates and tools that the run has prepared. */
const DEPLOYMENT: CloudRun['handedOn'] = [{ name: 'Deployment', job: 'prepare' }];

/**
 * Ids of jobs have no dots, and no difference of case (GitHub documentation, "Workflow syntax" and "Expressions"); the
 * jobs of `a.b`, `a_b` and `A_b` must not become one.
 */
function jobId(what: string, { name }: PlannedEnvironment): string {
  const plain = name.replaceAll('_', '__').replaceAll('.', '_-');
  return `${what}-${plain.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}`;
}

/** Everything that changes an environment, in one job: the approval that its reviewers give counts for all of it. */
function shipping(
  group: PlannedGroup, environment: PlannedEnvironment, waits: boolean, common: Common,
  when: Pick<CloudRun, 'needs' | 'if'>,
): CloudRun {
  const inAws = common.github.approvals === 'aws';
  const awaited = inAws && environment.manualApproval;
  const hours = awaited ? JOB_SESSION_HOURS : releaseHours(group);
  return {
    ...when,
    name: `deploy to ${environment.name}`,
    aws: common.aws(environment.roles.shipper!, hours),
    runners: common.runners,
    environment: environment.hostEnvironment,
    timeoutMinutes: 60 * hours,
    handedOn: DEPLOYMENT,
    values: { ENVIRONMENT: environment.name, EXECUTION_ID },
    ways: waysOf(environment, waits, inAws, isRecorded(group.build)).map(way => (way.name === 'await_approval'
      ? { ...way, values: { ...way.values, APPROVAL_MINUTES: `${approvalMinutes(group)}` } } : way)),
    summary: 'SUMMARY',
  };
}

/** The steps of a release after the first check, which is a job of its own so that reviewers see it. */
function waysOf(environment: PlannedEnvironment, waits: boolean, inAws: boolean, recorded: boolean): Way[] {
  const steps = releaseSteps(environment, waits).filter(({ action }) => (
    action !== 'check' && (action !== 'approve' || inAws)));
  return steps.flatMap((step, i): Way[] => {
    const tool = toolOf(step);
    if (step.isBeside) { return []; }
    const next = steps[i + 1];
    return [{
      name: tool, values: { TOOL: tool }, ...(next?.isBeside ? { beside: { TOOL: toolOf(next) } } : {}),
    }];
  });

  function toolOf({ tool, standIn, action }: ReturnType<typeof releaseSteps>[number]): string {
    const found = tool?.(environment.endpoint.kind, recorded) ?? standIn;
    if (found === undefined) { throw new Error(`Nothing runs for ${action}.`); }
    return found;
  }
}
