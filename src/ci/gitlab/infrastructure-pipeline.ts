import { type Common, commonOf, longest, type Pipeline, pushedTo, startedAs } from './pipeline';
import { pipelineJob, type Rule } from './pipeline-job';
import { WorkflowJob } from '../../options/github-actions';
import { infrastructurePaths } from '../../options/knowledge/infrastructure-paths';
import { DEPLOYER_ROLES } from '../../plan/infrastructure/deployers';
import type { PlannedInfrastructureWorkflow } from '../../plan/infrastructure/model';
import type { DeliveryPlan } from '../../plan/model';
import type { PlannedTier } from '../../plan/stacks/stack';
import { stagesOf } from '../github/infrastructure-workflow';
import { executeShownJob, showJob, synthJob, tellJob } from '../infrastructure';
import { awaitChangeJob } from '../requests';

const NOTES = [
  'Deploys the infrastructure stage by stage: first what these pipelines stand on, then from development to production. '
    + 'Each stage shows what would change, and deploys exactly that once somebody has approved it in AWS.',
  'Only the job synth runs code of the commit, and it has no rights in AWS. What shows changes may read; what deploys '
    + 'runs the tools of the last approved deployment.',
];

/** The jobs that deploy the infrastructure. */
export function infrastructurePipeline(plan: DeliveryPlan): Pipeline {
  const common = commonOf(plan);
  const workflow = plan.infrastructure.workflow!;
  const { files, sourceBranch } = plan.delivery.infrastructure;
  const rules = [
    { ...pushedTo(sourceBranch), changes: { paths: infrastructurePaths(files).map(below) } },
    startedAs(workflow.name, sourceBranch),
  ];
  const synth = `${workflow.name}:synth`;
  const made: { [job: string]: object } = {
    [synth]: pipelineJob({ ...synthJob(plan.delivery.infrastructure), role: undefined }, {
      name: synth, needs: [], rules, runners: common.runners, timeoutMinutes: 30, checkout: true, handsOn: true,
      own: common.own(WorkflowJob.SYNTH), values: {},
    }),
  };
  let before: string[] = [];
  for (const [key, tier] of stagesOf(workflow)) { before = stage(plan, common, rules, key, tier, before, made); }
  const end = `${workflow.name}:end-after-failure`;
  made[end] = pipelineJob(tellJob(), {
    name: end, aws: common.aws(plan.infrastructure.roles.differ!), needs: [synth], stage: '.post',
    rules: rules.map(rule => ({ ...rule, when: 'on_failure' })), runners: common.runners, timeoutMinutes: 15,
    toolsParameter: workflow.toolsParameter, values: { OUTCOME: 'failed' },
  });
  return { name: workflow.name, notes: NOTES, jobs: made };
}

/**
 * Everything below a folder as GitLab compares paths (GitLab documentation, "CI/CD YAML syntax reference",
 * rules:changes).
 */
function below(pattern: string): string {
  return pattern.endsWith('/**') ? `${pattern}/*` : pattern;
}

function stage(
  { infrastructure: { roles, workflow } }: DeliveryPlan, common: Common, rules: readonly Rule[],
  key: string, tier: PlannedTier, before: readonly string[], made: { [job: string]: object },
): string[] {
  const { name, toolsParameter, hostEnvironments } = workflow as PlannedInfrastructureWorkflow;
  const [synth, show, deploy] = ['synth', `diff-${key}`, `deploy-${key}`].map(what => `${name}:${what}`);
  const assembly = { job: synth, input: 'Assembly' };
  // Never two of these at a time, of whichever pipeline.
  const shared = { rules, runners: common.runners, toolsParameter, resourceGroup: name, values: { STAGE: key } };
  made[show] = pipelineJob(showJob(), {
    ...shared, name: show, aws: common.aws(roles.differ!), needs: [synth, ...before], timeoutMinutes: 60,
    handedOn: [assembly], handsOn: true, shows: { file: 'diff/diff.txt' },
  });
  const job = executeShownJob(tier.type);
  made[deploy] = pipelineJob(tier.manualApproval ? awaitChangeJob(job) : job, {
    ...shared, values: { STAGE: key, ...(tier.manualApproval ? { APPROVAL_MINUTES: `${longest(common) - 60}` } : {}) },
    name: deploy, aws: common.aws(roles[DEPLOYER_ROLES[tier.type]]!), needs: [synth, ...before, show],
    environment: hostEnvironments[key], timeoutMinutes: longest(common),
    handedOn: [{ job: show, input: 'Diff', values: true, onlyIf: '[ "$CHANGES" = yes ]' }, assembly],
  });
  return [...before, show, deploy];
}
