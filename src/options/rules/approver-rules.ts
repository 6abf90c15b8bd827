import type { PeopleOptions } from '../approvers';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';

const DECISIONS = ['models', 'deployments', 'infrastructure'].map(what => `approvers.${what}`);

/** Paths of every ARN of somebody who decides. */
export function approverArns(options: unknown): string[] {
  return DECISIONS.flatMap(path => ['userArns', 'roleArns'].flatMap(list => entryPaths(options, `${path}.${list}`)));
}

/** Whoever is named can take the role on, and goes on doing so. */
export const approverRules: RuleFamily = options => [
  ...DECISIONS.map(somebody),
  ...DECISIONS.flatMap(path => entryPaths(options, `${path}.roleArns`).map(arn => lasting(path, arn))),
  rule<[PeopleOptions | undefined, boolean]>([
    'approvers.infrastructure', 'infrastructure.pipeline',
  ], (people, pipeline) => (
    people === undefined || pipeline ? [] : [problem(
      'approvers.infrastructure', people, 'nothing, because infrastructure.pipeline is false',
      'Remove it; nothing waits for an approval where the infrastructure is deployed by hand.',
    )])),
];

function somebody(path: string): Rule {
  return rule<[PeopleOptions?]>([path], people => (
    people === undefined || Object.values(people).some((list?: readonly string[]) => (list?.length ?? 0) > 0) ? [] : [
      problem(
        path, people, 'at least one of userArns, roleArns and permissionSets',
        'Name somebody, or remove it to leave the decision to the policies of the account.',
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
      arn, role, 'an IAM role of your own', set === undefined ? 'Name a role that people take on.'
        : `Name the permission set in ${path}.permissionSets ("${set}"): Identity Center changes the name of its role.`,
    )];
  });
}
