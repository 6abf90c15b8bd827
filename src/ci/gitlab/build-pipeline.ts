import { commonOf, NONE, type Pipeline, pushedTo, REQUEST, startedAs } from './pipeline';
import { pipelineJob } from './pipeline-job';
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

/** The jobs that turn commits of a group's branch into registered models. */
export function buildPipeline(plan: DeliveryPlan, group: PlannedGroup, options: ModelBuild = {}): Pipeline {
  const common = commonOf(plan);
  const { build: name, toolsParameter } = group.workflows!;
  const { runners } = common;
  const aws = common.aws(group.roles.buildRunner);
  const asked = startedAs(name, group.sourceBranch);
  const [take, build] = [`${name}:take`, `${name}:build`];
  const tools = { Tools: toolsParameter };
  const variables = Object.fromEntries(Object.entries(buildVariables(plan, group)).map(([key, value]) => [
    key, common.fill(value),
  ]));
  const end = (job: string, outcome: 'done' | 'failed') => pipelineJob({ ...FINISH, role: 'group.buildRunner' }, {
    name: job, aws, needs: [take], stage: '.post', runners, timeoutMinutes: 15, published: tools,
    rules: [{ ...asked, ...(outcome === 'failed' ? { when: 'on_failure' } : {}) }],
    handedOn: [{ job: take, values: true, onlyIf: FOUND }], values: { KIND: 'build', OUTCOME: outcome },
  });
  return {
    name, notes: NOTES,
    jobs: {
      [take]: pipelineJob(takeJob('build', 'group.buildRunner'), {
        name: take, aws, needs: [], rules: [asked], runners, timeoutMinutes: 15, published: tools, handsOn: true,
        values: { REQUEST, KIND: 'build' },
      }),
      // One after the other, as they update the same SageMaker pipeline.
      [build]: pipelineJob(modelBuild(options), {
        name: build, aws, needs: [{ job: take, optional: true }], rules: [pushedTo(group.sourceBranch), asked], runners,
        timeoutMinutes: 60, checkout: true, resourceGroup: name, own: common.own(WorkflowJob.BUILD),
        handedOn: [{ job: take, values: true, optional: true, onlyIf: FOUND }],
        onlyIf: hasChanged(plan.delivery.source.ignoredPaths),
        first: [
          'if [ "$GIT_COMMIT" != "$CI_COMMIT_SHA" ]; then git fetch --quiet origin "$GIT_COMMIT"; '
            + 'git checkout --quiet --detach "$GIT_COMMIT"; fi',
        ],
        values: {
          // What a request says is taken over afterwards.
          FOUND: 'yes', COMMIT: NONE, REASON: NO_REASON,
          ...variables, PIPELINE_PARAMETERS: JSON.stringify(group.parameters), GIT_BRANCH: group.sourceBranch,
        },
        words: {
          GIT_COMMIT: `$(if [ "$COMMIT" = ${NONE} ]; then echo "$CI_COMMIT_SHA"; else echo "$COMMIT"; fi)`,
          RETRAINING_REASON: '$REASON',
        },
      }),
      [`${name}:end`]: end(`${name}:end`, 'done'),
      [`${name}:end-after-failure`]: end(`${name}:end-after-failure`, 'failed'),
    },
  };
}

const FOUND = '[ "$FOUND" = yes ]';

/**
 * Whether a push can change the model; what was pushed to a new branch, or more than the clone has, can. GitLab compares
 * paths with those that start a job, and knows no others.
 */
function hasChanged(ignored: readonly string[]): string {
  const paths = ["'.'", ...ignored.map(path => `':(exclude,glob)${path.replaceAll("'", "'\\''")}'`)].join(' ');
  return '{ [ "$CI_PIPELINE_SOURCE" != push ] || '
    + `! git diff --quiet "$CI_COMMIT_BEFORE_SHA" "$CI_COMMIT_SHA" -- ${paths} 2>/dev/null; }`;
}
