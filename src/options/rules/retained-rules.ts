import { environments } from './environments';
import { showValue } from '../engine/option-error';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';

/** Only an environment in another region than the build's has a model package group of its own, for copies. */
export const copiesGroupRules: RuleFamily = options => entryPaths(options, 'deploymentGroups').flatMap(group =>
  entryPaths(options, `${group}.deployEnvironments`).map(environment => {
    const path = `${environment}.existingModelPackageGroup`;
    const regions = [`${environment}.region`, `${group}.buildEnvironment.region`, 'tooling.region'];
    return rule<[boolean, string?, string?, string?]>([path, ...regions], (existing, own, build, tooling) => (
      !existing || (own !== undefined && own !== (build ?? tooling)) ? [] : [problem(
        path, existing, "no value when the environment is in the build environment's region",
        "Copies of models are registered only in regions other than the build's. Set the option on the build "
          + 'environment, or omit it.',
      )]));
  }));

/** The key of a build environment gets its alias, which is made where the key is (KMS API reference, CreateAlias). */
export const buildKeyRules: RuleFamily = options => environments(options)
  .filter(path => path.endsWith('.buildEnvironment'))
  .flatMap(environment => ([['account', 4], ['region', 3]] as const).map(([field, part]) => {
    const path = `${environment}.kmsKeyArn`;
    return rule<[string?, string?, string?]>([path, `${environment}.${field}`, `tooling.${field}`], (
      key, own, tooling,
    ) => {
      const wanted = own ?? tooling;
      return key === undefined || wanted === undefined || key.split(':')[part] === wanted ? [] : [problem(
        path, key, `a key in ${field} ${showValue(wanted)}, where the build environment is`,
        'Give the ARN of a key there, or omit it to create a key.',
      )];
    });
  }));
