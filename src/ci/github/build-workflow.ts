import { cloudJob } from './cloud-job';
import { REQUEST_INPUT } from './deploy-workflow';
import { commonOf, EXECUTION_ID, type Workflow } from './workflow';
import { WorkflowJob } from '../../options/github-actions';
import { buildVariables } from '../../plan/build/variables';
import type { DeliveryPlan, PlannedGroup } from '../../plan/model';
import { NO_REASON } from '../../plan/retrain/model';
import { type ModelBuild, modelBuild } from '../model-build';
import { FINISH, takeJob } from '../requests';

const NOTES = [
  'Tests a commit, compiles its pipeline and starts it in SageMaker: for pushes that can change the model, and for '
    + 'retrainings, whose commit and reason come from a request in AWS.',
];

/** The workflow that turns commits of a group's branch into registered models. */
export function buildWorkflow(plan: DeliveryPlan, group: PlannedGroup, options: ModelBuild = {}): Workflow {
  const common = commonOf(plan);
  const workflows = group.workflows!;
  const { runners } = common;
  const tools = { Tools: workflows.toolsParameter };
  const aws = common.aws(group.roles.buildRunner);
  const taken = "needs.take.result == 'success'";
  const variables = Object.fromEntries(Object.entries(buildVariables(plan, group)).map(([name, value]) => [
    name, common.fill(value),
  ]));
  const ignored = plan.delivery.source.ignoredPaths;
  return {
    name: workflows.build,
    notes: NOTES,
    obj: {
      name: workflows.build,
      on: {
        push: { branches: [group.sourceBranch], ...(ignored.length > 0 ? { 'paths-ignore': [...ignored] } : {}) },
        workflow_dispatch: { inputs: { request: REQUEST_INPUT } },
      },
      permissions: {},
      // One after the other, as they update the same SageMaker pipeline; of those that wait GitHub keeps the newest.
      concurrency: { 'group': workflows.build, 'cancel-in-progress': false },
      jobs: {
        take: cloudJob(takeJob('build', 'group.buildRunner'), {
          name: 'take what waits', aws, needs: [], if: "github.event_name == 'workflow_dispatch'", runners,
          timeoutMinutes: 15, published: tools,
          values: { REQUEST: '${{ inputs.request }}', EXECUTION_ID, KIND: 'build' },
        }),
        build: cloudJob(modelBuild(options), {
          name: 'build', aws, needs: ['take'],
          if: `!cancelled() && (github.event_name == 'push' || (${taken} && needs.take.outputs.FOUND == 'yes'))`,
          runners, timeoutMinutes: 60, own: common.own(WorkflowJob.BUILD),
          checkout: "${{ needs.take.outputs.COMMIT != 'none' && needs.take.outputs.COMMIT || github.sha }}",
          values: {
            ...variables,
            PIPELINE_PARAMETERS: JSON.stringify(group.parameters),
            GIT_COMMIT: "${{ needs.take.outputs.COMMIT != 'none' && needs.take.outputs.COMMIT || github.sha }}",
            GIT_BRANCH: group.sourceBranch,
            RETRAINING_REASON: `\${{ needs.take.outputs.REASON || '${NO_REASON}' }}`,
          },
        }),
        end: cloudJob({ ...FINISH, role: 'group.buildRunner' }, {
          name: 'say what became of it', aws, needs: ['take', 'build'],
          if: `always() && ${taken} && needs.take.outputs.FOUND == 'yes'`, runners, timeoutMinutes: 15,
          published: tools,
          values: {
            REQUEST: '${{ needs.take.outputs.REQUEST }}', EXECUTION_ID, KIND: 'build',
            OUTCOME: "${{ needs.build.result == 'success' && 'done' || 'failed' }}",
          },
        }),
      },
    },
  };
}
