import { quoted } from './shell';
import type { DeliveryPlan } from '../plan/model';
import { hostIdentity } from '../plan/workflows/host-identity';

const PAGE = 'https://github.com/sagemaker-cicd-projen/sagemaker-cicd-projen/blob/main/docs/engine-gitlab-ci.md';

/** What GitLab needs before its pipelines deploy, as a step of the guide; nothing where another engine deploys. */
export function gitlabStep(plan: DeliveryPlan): string[][] {
  const { engine: { gitlab }, source: { repository }, infrastructure: { sourceBranch } } = plan.delivery;
  if (!gitlab) { return []; }
  const project = `projects/${gitlab.projectId}`;
  const branches = [...new Set([gitlab.defaultBranch, sourceBranch, ...plan.groups.map(group => group.sourceBranch)])];
  return [[
    `The project ${repository} on gitlab.com, with the GitLab CLI, signed in as an owner of the project`,
    '',
    '# Nobody starts a pipeline with variables: they would win over what its jobs say.',
    `glab api --method PUT ${project} -f ci_pipeline_variables_minimum_override_role=no_one_allowed`,
    '',
    '# Roles trust protected branches alone: whoever can push to one can change what its jobs do. Nobody pushes,',
    '# maintainers (40) merge. A branch that is protected already is an error here: look at its rules.',
    ...branches.map(branch => `glab api --method POST ${project}/protected_branches -f name=${quoted(branch)} `
      + '-F push_access_level=0 -F merge_access_level=40'),
    '',
    '# Looks each hour for what waits; it runs in the name of whoever makes it, who must be allowed to merge.',
    `glab api --method POST ${project}/pipeline_schedules -f description='What waits' `
      + `-f ref=${quoted(gitlab.defaultBranch)} -f cron='41 * * * *'`,
    '',
    '# This must print project_path, ref_type, ref: roles trust the default form of the subject.',
    `glab api ${project} | jq --raw-output '.ci_id_token_sub_claim_components | join(", ")'`,
    ...audiences(plan),
    '',
    `# ${PAGE}`,
  ]];
}

/** What a provider must have that the account has already. */
function audiences(plan: DeliveryPlan): string[] {
  const { given, audiences: all } = hostIdentity(plan)!;
  return given === undefined ? [] : [
    '',
    '# The provider in the tooling account, for the tokens of each role:',
    `for audience in ${all.map(quoted).join(' ')}; do`,
    `  aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${given} --client-id "$audience"`,
    'done',
  ];
}
