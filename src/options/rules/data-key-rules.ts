import type { DeploymentGroupOptions } from '../deployment-group';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type RuleFamily } from '../engine/rule';

type Parameters = NonNullable<DeploymentGroupOptions['parameters']>;

const isOnS3 = (value: unknown): boolean => typeof value === 'string' && value.startsWith('s3://');

/**
 * Jobs read data of their own region (SageMaker API reference, S3DataSource), S3 encrypts it with keys of the bucket's
 * region (S3 user guide, "Using server-side encryption with AWS KMS keys"), and what is not on S3 has no key.
 */
export const dataKeyRules: RuleFamily = options => entryPaths(options, 'deploymentGroups').flatMap(group => {
  const build = `${group}.buildEnvironment`;
  return [
    ...entryPaths(options, `${build}.inputDataKeyArns`).map(path =>
      rule<[string?, string?, string?]>([path, `${build}.region`, 'tooling.region'], (arn, own, tooling) => {
        const region = own ?? tooling;
        return arn === undefined || region === undefined || arn.split(':')[3] === region ? [] : [problem(
          path, arn, `a key in ${region}, where the group's jobs run`,
          "S3 uses keys of the bucket's region, and jobs read from buckets in their own region: move the data to "
            + `${region}, or change the build environment's region.`,
        )];
      })),
    rule<[string[] | undefined, Parameters, string?]>(
      [`${build}.inputDataKeyArns`, `${group}.parameters`, 'training.inputDataUrl'],
      (arns = [], parameters, url) => (
        arns.length === 0 || [url, ...Object.values(parameters)].some(isOnS3) ? [] : [problem(
          `${build}.inputDataKeyArns`, arns, 'no value, because the group has no data on S3',
          'Set InputDataUrl in the group\'s parameters ("s3://..."), or remove the keys.',
        )]),
    ),
  ];
});
