import type { PeopleOptions } from '../approvers';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';

const DECISIONS = ['models', 'deployments', 'infrastructure'].map(what => `approvers.${what}`);

/** Paths of every ARN of somebody who decides. */
export function approverArns(options: unknown): string[] {
  return DECISIONS.flatMap(path => ['userArns', 'roleArns', 'samlProviderArns']
    .flatMap(list => entryPaths(options, `${path}.${list}`)));
}

/** Everyone who is named can assume the role, and still can later. */
export const approverRules: RuleFamily = options => [
  ...DECISIONS.map(somebody),
  ...DECISIONS.flatMap(path => entryPaths(options, `${path}.roleArns`).map(arn => lasting(path, arn))),
  rule<[PeopleOptions | undefined, boolean]>([
    'approvers.infrastructure', 'infrastructure.pipeline',
  ], (people, pipeline) => (
    people === undefined || pipeline ? [] : [problem(
      'approvers.infrastructure', people, 'no value, because infrastructure.pipeline is false',
      'Remove it: without a pipeline no change waits for approval.',
    )])),
];

function somebody(path: string): Rule {
  return rule<[PeopleOptions?]>([path], people => (
    people === undefined || Object.values(people).some((list?: readonly string[]) => (list?.length ?? 0) > 0) ? [] : [
      problem(
        path, people, 'at least one of userArns, roleArns, permissionSets and samlProviderArns',
        "Name at least one, or remove the option to let the account's IAM policies decide.",
      ),
    ]));
}

/**
 * Identity Center makes its roles anew with other names (IAM Identity Center user guide, "Referencing permission sets
 * in resource policies"), and service-linked roles work for services alone (IAM user guide, "Create a service-linked
 * role").
 */
function lasting(path: string, arn: string): Rule {
  return rule<[string?]>([arn], (role = '') => {
    const set = /:role\/aws-reserved\/sso\.amazonaws\.com\/.*AWSReservedSSO_(.+)_[^_]+$/.exec(role)?.[1];
    if (set === undefined && !/:role\/aws-(reserved|service-role)\//.test(role)) { return []; }
    return [problem(
      arn, role, 'an IAM role of your own', set === undefined ? 'Name a role that people assume.'
        : `Name the permission set in ${path}.permissionSets ("${set}"): Identity Center renames its roles.`,
    )];
  });
}
