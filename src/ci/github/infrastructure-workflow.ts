import { cloudJob } from './cloud-job';
import { LOCATED } from './handing-on';
import { type Common, commonOf, EXECUTION_ID, NOTHING_FAILED, OUTCOME, type Workflow } from './workflow';
import { WorkflowJob } from '../../options/github-actions';
import { infrastructurePaths } from '../../options/knowledge/infrastructure-paths';
import { DEPLOYER_ROLES } from '../../plan/infrastructure/deployers';
import { type PlannedInfrastructureWorkflow, SELF } from '../../plan/infrastructure/model';
import type { DeliveryPlan } from '../../plan/model';
import type { PlannedTier } from '../../plan/stacks/stack';
import { executeShownJob, showJob, synthJob, tellJob } from '../infrastructure';
import { awaitChangeJob } from '../requests';

const NOTES = [
  'Deploys the infrastructure stage by stage: first what these workflows stand on, then from development to '
    + 'production. Each stage shows what would change, and deploys exactly that once the reviewers of its environment let it.',
  'Only the job synth runs code of the commit, and it has no rights in AWS. What shows changes may read; what deploys '
    + 'runs the tools of the last approved deployment.',
];

/** The workflow that deploys the infrastructure. */
export function infrastructureWorkflow(plan: DeliveryPlan): Workflow {
  const common = commonOf(plan);
  const workflow = plan.infrastructure.workflow!;
  const { files, sourceBranch } = plan.delivery.infrastructure;
  return {
    name: workflow.name,
    notes: NOTES,
    obj: {
      name: workflow.name,
      on: { push: { branches: [sourceBranch], paths: infrastructurePaths(files) }, workflow_dispatch: {} },
      permissions: {},
      // A newer commit overtakes those that wait: of them GitHub keeps the newest.
      concurrency: { 'group': workflow.name, 'cancel-in-progress': false },
      jobs: jobs(plan, workflow, common),
    },
  };
}

function jobs(
  plan: DeliveryPlan, workflow: PlannedInfrastructureWorkflow, common: Common,
): { readonly [id: string]: object } {
  const { runners } = common;
  const made: { [id: string]: object } = {
    synth: cloudJob({ ...synthJob(plan.delivery.infrastructure), role: undefined }, {
      name: 'synthesize', needs: [], runners, timeoutMinutes: 30, checkout: '${{ github.sha }}', handsOn: 'Assembly',
      own: common.own(WorkflowJob.SYNTH), values: {},
    }),
  };
  for (const [key, tier] of stagesOf(workflow)) { stage(plan, workflow, common, key, tier, made); }
  return {
    ...made,
    end: cloudJob(tellJob(), {
      name: 'tell of a failure', aws: common.aws(plan.infrastructure.roles.differ!), needs: Object.keys(made),
      if: 'always()', runners, timeoutMinutes: 15, toolsParameter: workflow.toolsParameter,
      values: { OUTCOME, ...LOCATED },
    }),
  };
}

/** The stages by their keys, in their order. */
export function stagesOf({ self, tiers }: PlannedInfrastructureWorkflow): Array<readonly [string, PlannedTier]> {
  return [[SELF, self] as const, ...tiers.map(tier => [tier.type, tier] as const)];
}

function stage(
  { infrastructure: { roles } }: DeliveryPlan, workflow: PlannedInfrastructureWorkflow, common: Common, key: string,
  tier: PlannedTier, made: { [id: string]: object },
): void {
  const { runners, github: { approvals } } = common;
  const before = Object.keys(made).filter(id => id !== 'synth');
  const [show, deploy] = [`diff-${key}`, `deploy-${key}`];
  const { toolsParameter } = workflow;
  const assembly = { name: 'Assembly', job: 'synth' };
  made[show] = cloudJob(showJob(), {
    name: `show changes of ${key}`, aws: common.aws(roles.differ!), needs: ['synth', ...before], if: NOTHING_FAILED,
    runners, timeoutMinutes: 60, toolsParameter, handedOn: [assembly], handsOn: `Diff-${key}`, shows: 'diff/diff.txt',
    values: { STAGE: key, ...LOCATED },
  });
  const role = roles[DEPLOYER_ROLES[tier.type]]!;
  const waits = tier.manualApproval && approvals === 'aws';
  const job = executeShownJob(tier.type);
  made[deploy] = cloudJob(waits ? awaitChangeJob(job) : job, {
    name: `deploy ${key}`, aws: common.aws(role, 5), needs: ['synth', ...before, show],
    if: `${NOTHING_FAILED} && needs.${show}.outputs.CHANGES == 'yes'`,
    runners, environment: workflow.hostEnvironments[key], timeoutMinutes: 300, toolsParameter,
    handedOn: [assembly, { name: 'Diff', job: show, artifact: `Diff-${key}` }],
    values: { STAGE: key, EXECUTION_ID, DIGEST: `\${{ needs.${show}.outputs.DIGEST }}`, ...LOCATED },
  });
}
