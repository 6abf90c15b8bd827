import { type HostEnvironment, hostEnvironments, trustedBranches } from './host-environments';
import { command, quoted } from './shell';
import type { DeliveryPlan } from '../plan/model';

const PAGE = 'https://github.com/sagemaker-cicd-projen/sagemaker-cicd-projen/blob/main/docs/engine-github-actions.md';

/** Fields of objects and of lists, as `gh api` takes them (GitHub CLI manual, gh api, nested parameters). */
const BRANCHES = [
  "-F 'deployment_branch_policy[protected_branches]=false'",
  "-F 'deployment_branch_policy[custom_branch_policies]=true'",
];

/**
 * What GitHub needs before workflows deploy, as a step of the guide: environments that one branch alone may use, with
 * reviewers where people are asked there. Nothing where CodePipeline runs the delivery.
 */
export function hostStep(plan: DeliveryPlan): string[][] {
  const all = hostEnvironments(plan);
  if (all.length === 0) { return []; }
  const { repository } = plan.delivery.source;
  const branches = trustedBranches(plan);
  const asking = all.filter(({ asks }) => asks);
  return [[
    `The repository ${repository} on GitHub, with the GitHub CLI, signed in as an administrator of the repository`,
    '',
    '# A job that names an environment that does not exist creates it, without any protection.',
    ...branches.flatMap(branch => forEach(all.filter(each => each.branch === branch), [
      put(repository, BRANCHES),
      command(`gh api --method POST "repos/${repository}/environments/$name/deployment-branch-policies"`, [
        `-f name=${quoted(branch)}`,
      ]),
    ])),
    ...(asking.length > 0 ? [
      '',
      '# Who lets deployments in; a number for each person (gh api users/<login> --jq .id), or with Team for each team',
      '# (gh api orgs/<organization>/teams/<team> --jq .id). In private repositories reviewers need GitHub Enterprise:',
      '# without it set engine.github.approvals to "aws", and people approve in AWS.',
      ...forEach(asking, [put(repository, [
        "-F 'reviewers[][type]=User'", "-F 'reviewers[][id]=<number>'", '-F prevent_self_review=true', ...BRANCHES,
      ])]),
    ] : []),
    '',
    `# Then protect ${branches.length > 1 ? 'each of the branches' : 'the branch'} ${branches.join(', ')}: whoever can `
      + 'push there can change what the workflows do.',
    `# ${PAGE}`,
  ]];
}

function put(repository: string, fields: readonly string[]): string {
  return command(`gh api --method PUT "repos/${repository}/environments/$name"`, fields);
}

function forEach(environments: readonly HostEnvironment[], commands: readonly string[]): string[] {
  return [
    `for name in ${environments.map(({ name }) => quoted(name)).join(' ')}; do`,
    ...commands.flatMap(each => each.split('\n')).map(line => `  ${line}`),
    'done',
  ];
}
