import {
  type Common, commonOf, longest, type Pipeline, REQUEST, scheduledOn, startedAs,
} from './pipeline';
import { pipelineJob, type PipelineRun, type Way } from './pipeline-job';
import { WorkflowJob } from '../../options/github-actions';
import { updateMinutes } from '../../plan/deploy/update-minutes';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import type { Job } from '../job';
import { actionVariable, assembleJob, decideJob, FETCH_CODE, isRecorded, releaseSteps, verifyJob } from '../release';
import { FINISH, takeJob } from '../requests';

const NOTES = [
  'Deploys exactly the version that a request in AWS names: who starts a pipeline cannot say what it deploys. Scheduled '
    + 'pipelines start one for each request that waits.',
  'Templates are made from the infrastructure code that was deployed last, not from this checkout. Each job has a role '
    + 'of its own, for which alone its token is.',
];

const FOUND = '[ "$FOUND" = yes ]';

/** Asks a pipeline to begin for each request that waits; it runs no code of the repository. */
const SWEEP: Job = {
  name: 'sweep',
  role: 'group.preparer',
  tools: { python: '3.12' },
  inputs: ['Tools'],
  variables: [],
  steps: [{ name: 'take', kind: 'work', commands: ['python3 -u gitlab_sweep.py'] }],
};

/** The jobs that bring approved versions to each environment of a group in turn. */
export function deployPipeline(plan: DeliveryPlan, group: PlannedGroup): Pipeline {
  const common = commonOf(plan);
  const { deploy: name } = group.workflows!;
  return { name, notes: NOTES, jobs: jobs(plan, group, common, name) };
}

function jobs(plan: DeliveryPlan, group: PlannedGroup, common: Common, name: string): Pipeline['jobs'] {
  const { roles, waves } = group;
  const workflows = group.workflows!;
  const { runners, gitlab: { defaultBranch } } = common;
  const tools = { Tools: workflows.toolsParameter };
  const preparer = common.aws(roles.preparer!);
  const asked = startedAs(name, defaultBranch);
  const of = (what: string) => `${name}:${what}`;
  const taken = { job: of('take'), values: true, onlyIf: FOUND } as const;
  const common15 = { runners, timeoutMinutes: 15, rules: [asked] };
  const made: { [job: string]: object } = {
    [of('sweep')]: pipelineJob(SWEEP, {
      name: of('sweep'), aws: preparer, needs: [], rules: [scheduledOn(defaultBranch)], runners, timeoutMinutes: 15,
      published: tools,
      values: {
        REQUESTS_TABLE: workflows.requests, DEPLOY_RUN: name, DEPLOY_BRANCH: defaultBranch,
        BUILD_RUN: workflows.build, BUILD_BRANCH: group.sourceBranch,
      },
    }),
    [of('take')]: pipelineJob(takeJob('deploy', 'group.preparer'), {
      ...common15, name: of('take'), aws: preparer, needs: [], published: tools, handsOn: true,
      values: { REQUEST, KIND: 'deploy' },
    }),
    [of('fetch')]: pipelineJob(FETCH_CODE, {
      ...common15, name: of('fetch'), aws: common.aws(roles.assembler!), needs: [of('take')], handedOn: [taken],
      published: { Infrastructure: workflows.codeParameter }, handsOn: true, values: {},
    }),
    // Code of the repository runs in a job that has no token.
    [of('assemble')]: pipelineJob({ ...assembleJob(plan.delivery.infrastructure), role: undefined }, {
      ...common15, name: of('assemble'), needs: [of('take'), of('fetch')], timeoutMinutes: 30,
      handedOn: [taken, { job: of('fetch'), input: 'Infrastructure' }], handsOn: true, values: {},
      own: common.own(WorkflowJob.SYNTH),
    }),
    [of('prepare')]: pipelineJob(decideJob(waves.length), {
      ...common15, name: of('prepare'), aws: preparer, needs: [of('take'), of('assemble')],
      timeoutMinutes: hours(group, common), published: tools,
      handedOn: [taken, { job: of('assemble'), input: 'Assembly' }], handsOn: true, values: {},
    }),
  };
  let before: string[] = [];
  waves.forEach((wave, index) => {
    const waits = wave.environments.some(e => e.manualApproval);
    const checks = wave.environments.map(e => of(`check-${e.name}`));
    const when: Pick<PipelineRun, 'handedOn' | 'rules' | 'runners'> = {
      rules: [asked], runners,
      handedOn: [taken, {
        job: of('prepare'), input: 'Deployment', values: true, onlyIf: `[ "$${actionVariable(index)}" = deploy ]`,
      }],
    };
    const needs = [of('take'), of('prepare'), ...before];
    for (const environment of wave.environments) {
      made[of(`check-${environment.name}`)] = pipelineJob(verifyJob(group, 'group.preparer'), {
        ...when, name: of(`check-${environment.name}`), aws: preparer, needs, timeoutMinutes: 60,
        values: { ENVIRONMENT: environment.name }, ways: [{ values: { TOOL: 'check' } }], shows: { variable: 'SUMMARY' },
      });
    }
    for (const environment of wave.environments) {
      made[of(`deploy-${environment.name}`)] = pipelineJob(verifyJob(group, 'environment.shipper'), {
        ...when, name: of(`deploy-${environment.name}`), aws: common.aws(environment.roles.shipper!),
        needs: [...needs, ...checks], environment: environment.hostEnvironment,
        timeoutMinutes: environment.manualApproval ? longest(common) : hours(group, common),
        values: { ENVIRONMENT: environment.name }, shows: { variable: 'SUMMARY' },
        ways: waysOf(group, environment, waits).map(way => (way.values.TOOL === 'await_approval' ? {
          ...way, values: { ...way.values, APPROVAL_MINUTES: `${approvalMinutes(group, common)}` },
        } : way)),
      });
    }
    // Each of these waits for all checks of its wave.
    before = wave.environments.map(e => of(`deploy-${e.name}`));
  });
  const end = (job: string, outcome: 'done' | 'failed') => pipelineJob({ ...FINISH, role: 'group.preparer' }, {
    name: job, aws: preparer, needs: [of('take')], stage: '.post', runners, timeoutMinutes: 15, published: tools,
    rules: [{ ...asked, ...(outcome === 'failed' ? { when: 'on_failure' } : {}) }],
    handedOn: [taken], values: { KIND: 'deploy', OUTCOME: outcome },
  });
  return {
    ...made, [of('end')]: end(of('end'), 'done'), [of('end-after-failure')]: end(of('end-after-failure'), 'failed'),
  };
}

/** For how many minutes a job of a release may run. */
function hours(group: PlannedGroup, common: Common): number {
  return Math.min(longest(common), 60 * (1 + Math.ceil(updateMinutes(group) / 60)));
}

/** For how long a job waits for a decision in AWS: what its time leaves after the update, but half an hour anyway. */
function approvalMinutes(group: PlannedGroup, common: Common): number {
  return Math.max(30, longest(common) - hours(group, common));
}

/** The steps of a release after the first check, which is a job of its own so that people see it before they decide. */
function waysOf(group: PlannedGroup, environment: PlannedEnvironment, waits: boolean): Way[] {
  const steps = releaseSteps(environment, waits).filter(({ action }) => action !== 'check');
  const toolOf = ({ tool, standIn, action }: typeof steps[number]): string => {
    const found = tool?.(environment.endpoint.kind, isRecorded(group.build)) ?? standIn;
    if (found === undefined) { throw new Error(`Nothing runs for ${action}.`); }
    return found;
  };
  return steps.flatMap((step, i): Way[] => {
    if (step.isBeside) { return []; }
    const next = steps[i + 1];
    return [{
      values: { TOOL: toolOf(step) }, ...(next?.isBeside ? { beside: { TOOL: toolOf(next) } } : {}),
    }];
  });
}
