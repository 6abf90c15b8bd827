import { DeliveryEngine } from '../delivery-engine';
import { type OptionProblem, showValue } from '../engine/option-error';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';
import { DeploymentApprovals, type GithubActionsOptions, type WorkflowStepOptions } from '../github-actions';
import type { GovernanceOptions } from '../governance';
import { isOn } from '../knowledge/governance-controls';
import { wrongSchedule } from '../knowledge/workflow-schedule';
import type { SourceOptions } from '../source';
import { SourceType } from '../source';

/**
 * A role's trust names the branch four times, and has room for 2048 characters beside the longest names of an owner and
 * a repository (IAM user guide, "IAM and AWS STS quotas").
 */
const BRANCH_LENGTH = 200;

/** What an engine needs, and what goes with no other one. */
export const engineRules: RuleFamily = options => [
  ...[
    'engine.github.defaultBranch', 'infrastructure.sourceBranch',
    ...entryPaths(options, 'deploymentGroups').map(group => `${group}.sourceBranch`),
  ].map(path => onGithub<[string?]>([path], branch => ((branch?.length ?? 0) <= BRANCH_LENGTH ? [] : [problem(
    path, branch, `at most ${BRANCH_LENGTH} characters with engine.type "github-actions"`,
    'Rename the branch: the trust of a role has no room for a longer one.',
  )]))),
  rule<[DeliveryEngine, GithubActionsOptions?]>(['engine.type', 'engine.github'], (type, github) => {
    if (type !== DeliveryEngine.GITHUB_ACTIONS) {
      return github === undefined ? [] : [problem(
        'engine.github', github, `no value for ${type}`, 'Remove it, or set engine.type to "github-actions".',
      )];
    }
    return github !== undefined ? [] : [problem(
      'engine.github', github, `an object with repositoryId and ownerId for ${type}`,
      "Run gh api repos/<owner>/<name> --jq '.id, .owner.id' and copy both numbers.",
    )];
  }),
  onGithub<[string?, string?]>(['tooling.account', 'tooling.region'], (account, region) => [
    ...(account === undefined ? [place('tooling.account', 'the 12-digit ID of an account')] : []),
    ...(region === undefined ? [place('tooling.region', 'the name of a region')] : []),
  ]),
  onGithub<[SourceOptions]>(['source'], ({ type }) => (type === SourceType.GITHUB ? [] : [problem(
    'source.type', type ?? SourceType.CODECOMMIT, '"github" with engine.type "github-actions"',
    'Of GitHub Enterprise Server STS knows no claims but the subject; set source.type, or use the engine codepipeline.',
  )])),
  onGithub<[SourceOptions, SourceOptions?]>(['source', 'infrastructure.source'], (source, own = source) => (
    own.type === source.type && own.repository === source.repository ? [] : [problem(
      'infrastructure.source.repository', own.repository,
      `the repository of source (${showValue(source.repository)}) with engine.type "github-actions"`,
      'Remove infrastructure.source: the workflows of one repository deploy models and infrastructure.',
    )])),
  onGithub<[string?, string?, string?]>([
    'tooling.account', 'tooling.region', 'engine.github.app.keyArn',
  ], (account, region, key) => {
    const where = key?.split(':').slice(3, 5).reverse().join(', ');
    return key === undefined || account === undefined || region === undefined || where === `${account}, ${region}` ? []
      : [problem(
        'engine.github.app.keyArn', key, `a key of the tooling account and region (${account}, ${region})`,
        "Import the App's private key into a key there: the function that signs with it is there.",
      )];
  }),
  onGithub<[string?, string?]>(['tooling.account', 'engine.github.oidcProviderArn'], (account, provider) => (
    provider === undefined || account === undefined || provider.split(':')[4] === account ? [] : [problem(
      'engine.github.oidcProviderArn', provider, `a provider of the tooling account (${account})`,
      'Give the ARN of the provider there, or remove it: then it is created.',
    )])),
  onGithub<[string?]>(['engine.github.sweepSchedule'], schedule => {
    const allowed = schedule === undefined ? undefined : wrongSchedule(schedule);
    return allowed === undefined ? [] : [problem(
      'engine.github.sweepSchedule', schedule, allowed, 'For example "41 * * * *": in minute 41 of every hour.',
    )];
  }),
  onGithub<[WorkflowStepOptions[]?]>(['engine.github.extraSteps'], (steps = []) => (
    steps.flatMap(({ job, name }, i) => (steps.findIndex(s => s.job === job && s.name === name) === i ? [] : [problem(
      `engine.github.extraSteps[${i}].name`, name, `another name in the job ${showValue(job)}`,
      'Name each step of a job differently: people find it by its name.',
    )])))),
  onGithub<[GovernanceOptions, DeploymentApprovals?]>([
    'governance', 'engine.github.approvals',
  ], (governance, approvals) => (
    !isOn(governance, 'approvalRecords') || approvals === DeploymentApprovals.AWS ? [] : [problem(
      'engine.github.approvals', approvals, '"aws", because governance.approvalRecords records decisions that AWS sees',
      'Set it, or turn governance.approvalRecords off: who reviews on GitHub is no caller of AWS.',
    )])),
];

/** A rule for deliveries that GitHub Actions runs. */
function onGithub<T extends readonly unknown[]>(
  reads: readonly string[], check: (...values: T) => readonly OptionProblem[],
): ReturnType<typeof rule> {
  return rule<[DeliveryEngine, ...T]>(['engine.type', ...reads], (type, ...values) => (
    type === DeliveryEngine.GITHUB_ACTIONS ? check(...values as unknown as T) : []));
}

function place(path: string, what: string): OptionProblem {
  return problem(
    path, undefined, `${what} with engine.type "github-actions"`,
    'Set it: workflows name roles by account and region.',
  );
}
