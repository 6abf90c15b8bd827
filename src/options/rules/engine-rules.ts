import { DeliveryEngine } from '../delivery-engine';
import { type OptionProblem, showValue } from '../engine/option-error';
import { problem, rule, type RuleFamily } from '../engine/rule';
import type { GithubActionsOptions } from '../github-actions';
import type { SourceOptions } from '../source';
import { SourceType } from '../source';

/** What an engine needs, and what goes with no other one. */
export const engineRules: RuleFamily = () => [
  rule<[DeliveryEngine, GithubActionsOptions?]>(['engine.type', 'engine.github'], (type, github) => {
    if (type === DeliveryEngine.CODEPIPELINE) {
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
  onGithub<[boolean?, string?]>(['governance.approvalRecords', 'governance.profile'], (records, profile) => (
    records || (records === undefined && profile === 'gxp') ? [problem(
      'governance.approvalRecords', records ?? true, 'false with engine.type "github-actions"',
      'Decisions are recorded from the calls of AWS CodePipeline: use the engine codepipeline, or no records.',
    )] : [])),
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
