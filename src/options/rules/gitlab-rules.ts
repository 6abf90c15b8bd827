import { DeliveryEngine } from '../delivery-engine';
import type { DeploymentGroupOptions } from '../deployment-group';
import { type OptionProblem, showValue } from '../engine/option-error';
import { problem, rule, type RuleFamily } from '../engine/rule';
import type { WorkflowStepOptions } from '../github-actions';
import type { GitlabCiOptions } from '../gitlab-ci';
import type { SourceOptions } from '../source';
import { SourceType } from '../source';

/** Audiences of a provider (IAM user guide, "IAM and AWS STS quotas"): each role of a job has one. */
const AUDIENCES = 100;

/** Values that an input can have: one for each part of the pipelines (GitLab documentation, "CI/CD inputs"). */
const PARTS = 50;

/** Patterns of a rule, and jobs that one waits for (GitLab documentation, "CI/CD YAML syntax reference"). */
const PATTERNS = 50;
const NEEDS = 50;

const NAME = 'engine.type "gitlab-ci"';

/** What GitLab CI/CD needs as an engine, and what goes with no other one. */
export const gitlabRules: RuleFamily = () => [
  rule<[DeliveryEngine, GitlabCiOptions?]>(['engine.type', 'engine.gitlab'], (type, gitlab) => {
    if (type !== DeliveryEngine.GITLAB_CI) {
      return gitlab === undefined ? [] : [problem(
        'engine.gitlab', gitlab, `no value for ${type}`, 'Remove it, or set engine.type to "gitlab-ci".',
      )];
    }
    return gitlab !== undefined ? [] : [problem(
      'engine.gitlab', gitlab, `an object with projectId for ${type}`,
      "Copy the number from the project's page (three dots, \"Copy project ID\").",
    )];
  }),
  onGitlab<[string?, string?]>(['tooling.account', 'tooling.region'], (account, region) => [
    ...(account === undefined ? [place('tooling.account', 'the 12-digit ID of an account')] : []),
    ...(region === undefined ? [place('tooling.region', 'the name of a region')] : []),
  ]),
  onGitlab<[SourceOptions]>(['source'], ({ type }) => (type === SourceType.GITLAB ? [] : [problem(
    'source.type', type ?? SourceType.CODECOMMIT, `"gitlab" with ${NAME}`,
    'Of a self-managed GitLab STS knows no claims but subject and audience; set source.type, or use the engine '
      + 'codepipeline.',
  )])),
  onGitlab<[SourceOptions, SourceOptions?]>(['source', 'infrastructure.source'], (source, own = source) => (
    own.type === source.type && own.repository === source.repository ? [] : [problem(
      'infrastructure.source.repository', own.repository,
      `the repository of source (${showValue(source.repository)}) with ${NAME}`,
      'Remove infrastructure.source: the pipelines of one project deploy models and infrastructure.',
    )])),
  onGitlab<[string?, string?]>(['tooling.account', 'engine.gitlab.oidcProviderArn'], (account, provider) => (
    provider === undefined || account === undefined || provider.split(':')[4] === account ? [] : [problem(
      'engine.gitlab.oidcProviderArn', provider, `a provider of the tooling account (${account})`,
      'Give the ARN of the provider there, or remove it: then it is created.',
    )])),
  onGitlab<[WorkflowStepOptions[]?]>(['engine.gitlab.extraSteps'], (steps = []) => steps.flatMap((step, i) => [
    ...ambiguous(steps, step, i),
    ...(/\$\[\[/.test(step.run) ? [problem(
      `engine.gitlab.extraSteps[${i}].run`, step.run, `commands of bash without $[[ with ${NAME}`,
      'GitLab would replace it with the input of a pipeline: use variables of the shell.',
    )] : []),
  ])),
  onGitlab<[DeploymentGroupOptions[]?]>(['deploymentGroups'], (groups = []) => {
    const roles = groups.reduce((sum, { deployEnvironments = [] }) => (
      sum + 3 + Math.max(1, deployEnvironments.length)), 4);
    return roles <= AUDIENCES ? [] : [problem(
      'deploymentGroups', `${roles} roles of jobs`, `groups and environments with at most ${AUDIENCES} roles of jobs with `
        + NAME, 'Deploy some groups as projects of their own: a provider in IAM has no room for more audiences.',
    )];
  }),
  onGitlab<[DeploymentGroupOptions[]?]>(['deploymentGroups'], (groups = []) => {
    const most = (PARTS - 2) / 2;
    return groups.length <= most ? [] : [problem(
      'deploymentGroups', `${groups.length} groups`, `at most ${most} groups with ${NAME}`,
      'Deploy some groups as projects of their own: GitLab has no room for the parts of more.',
    )];
  }),
  onGitlab<[DeploymentGroupOptions[]?]>(['deploymentGroups'], (groups = []) => groups.flatMap((group, i) => {
    const most = (NEEDS - 2) / 2;
    return largestWave(group) <= most ? [] : [problem(
      `deploymentGroups[${i}].deployEnvironments`, `${largestWave(group)} environments at the same time`,
      `at most ${most} environments at the same time with ${NAME}`,
      'Let some wait for those before them (parallelWithPrevious): a job of GitLab\'s can wait for 50 others.',
    )];
  })),
  onGitlab<[string[]?]>(['infrastructure.files'], (files = []) => (files.length <= PATTERNS ? [] : [problem(
    'infrastructure.files', `${files.length} files and folders`, `at most ${PATTERNS} files and folders with ${NAME}`,
    'Name folders instead of the files in them.',
  )])),
  onGitlab<[boolean?, string?]>(['governance.approvalRecords', 'governance.profile'], (records, profile) => (
    records || (records === undefined && profile === 'gxp') ? [problem(
      'governance.approvalRecords', records ?? true, `false with ${NAME}`,
      'Use the engine codepipeline or github-actions, or no records: who starts pipelines of GitLab is not looked up.',
    )] : [])),
];

/** How many environments are deployed to at the same time at most. */
function largestWave({ deployEnvironments = [] }: DeploymentGroupOptions): number {
  let [largest, current] = [0, 0];
  for (const { parallelWithPrevious } of deployEnvironments) {
    current = parallelWithPrevious ? current + 1 : 1;
    largest = Math.max(largest, current);
  }
  return largest;
}

/** A step whose name another one of its job has. */
function ambiguous(steps: readonly WorkflowStepOptions[], { job, name }: WorkflowStepOptions, i: number): OptionProblem[] {
  return steps.findIndex(other => other.job === job && other.name === name) === i ? [] : [problem(
    `engine.gitlab.extraSteps[${i}].name`, name, `another name in the job ${showValue(job)}`,
    'Name each step of a job differently: people find it by its name.',
  )];
}

/** A rule for deliveries that GitLab CI/CD runs. */
function onGitlab<T extends readonly unknown[]>(
  reads: readonly string[], check: (...values: T) => readonly OptionProblem[],
): ReturnType<typeof rule> {
  return rule<[DeliveryEngine, ...T]>(['engine.type', ...reads], (type, ...values) => (
    type === DeliveryEngine.GITLAB_CI ? check(...values as unknown as T) : []));
}

function place(path: string, what: string): OptionProblem {
  return problem(path, undefined, `${what} with ${NAME}`, 'Set it: jobs name roles by account and region.');
}
