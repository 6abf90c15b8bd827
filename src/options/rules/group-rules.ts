import type { EnvironmentType } from '../deployment-group';
import { showValue } from '../engine/option-error';
import { entryPaths, valueAt } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';
import { isBranch } from '../knowledge/branch';
import { ENVIRONMENT_TYPES } from '../knowledge/environment-types';

/** A group is built from a branch: one that is named, or one with the group's name. Two groups may share one. */
export const branchRules: RuleFamily = options => entryPaths(options, 'deploymentGroups').map(group =>
  rule<[string, string?]>([`${group}.name`, `${group}.sourceBranch`], (name, branch) => (branch !== undefined
    || isBranch(name) ? [] : [
      problem(
        `${group}.sourceBranch`, undefined, 'the name of a git branch',
        `The group's own name, ${showValue(name)}, is not a valid branch name; set the branch to build.`,
      ),
    ])));

/** Groups and environments are identified by their names. */
export const uniqueNameRules: RuleFamily = options => {
  const groups = entryPaths(options, 'deploymentGroups');
  return [
    ...onlyOnce(options, groups, 'a name that is unique in the project'),
    ...groups.flatMap(group =>
      onlyOnce(options, entryPaths(options, `${group}.deployEnvironments`), 'a name that is unique in the deployment '
        + 'group')),
  ];
};

function onlyOnce(options: unknown, entries: readonly string[], allowed: string): Rule[] {
  const names = entries.map(entry => valueAt(options, `${entry}.name`));
  return entries.map((entry, i) => rule<[string]>([`${entry}.name`], name => (
    names.indexOf(name) === i ? [] : [problem(`${entry}.name`, name, allowed, 'Choose another name.')])));
}

/**
 * A model goes through a group's environments in their order, so each must be at least as close to production as the
 * one before it (Git Flow). The other way round a model would be in production before anybody has tried it.
 */
export const stageOrderRules: RuleFamily = options => entryPaths(options, 'deploymentGroups').flatMap(group => {
  const entries = entryPaths(options, `${group}.deployEnvironments`);
  return entries.slice(1).map((entry, i) => rule<[
    EnvironmentType, EnvironmentType,
  ]>([`${entries[i]}.type`, `${entry}.type`], (before, type) => (
    ENVIRONMENT_TYPES.indexOf(type) >= ENVIRONMENT_TYPES.indexOf(before) ? [] : [problem(
      `${entry}.type`, type,
      `${ENVIRONMENT_TYPES.slice(ENVIRONMENT_TYPES.indexOf(before)).map(showValue).join(' or ')} after an `
        + `environment of type ${showValue(before)}`,
      'Models are deployed in this order: move the environment forward, or change its type.',
    )]
  )));
});
