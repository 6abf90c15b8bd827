import { approverArns } from './approver-rules';
import { buildPlaces, deployPlaces, environments } from './environments';
import { showValue } from '../engine/option-error';
import { entryPaths } from '../engine/option-path';
import { problem, rule, type Rule, type RuleFamily } from '../engine/rule';
import { partitionOf } from '../knowledge/regions';
import type { NetworkOptions } from '../network';

/** Texts that may be missing, as rules read them. */
type Texts = ReadonlyArray<string | undefined>;

const first = (values: Texts): string | undefined => values.find(value => value !== undefined);

/**
 * Pipelines need ARNs and trust of exact accounts: once an environment says where it is, where the pipelines are must
 * be said too.
 */
export const toolingPlaceRules: RuleFamily = options => (['account', 'region'] as const).map(field => {
  const paths = environments(options).map(environment => `${environment}.${field}`);
  return rule<Texts>([`tooling.${field}`, ...paths], (tooling, ...own) => {
    const named = own.findIndex(value => value !== undefined);
    return tooling !== undefined || named < 0 ? [] : [problem(
      `tooling.${field}`, undefined,
      `the ${field} in which the pipelines run, because ${paths[named]} is ${showValue(own[named])}`,
      `Set tooling.${field}. Environments with no ${field} of their own use it too.`,
    )];
  });
});

/**
 * Partitions share neither accounts nor networks (AWS general reference, "Amazon Resource Names"): nothing crosses from
 * one to another.
 */
export const partitionRules: RuleFamily = options => {
  const onePartition = environments(options).map(environment =>
    `${environment}.region`).map(path => rule<[string?, string?]>(['tooling.region', path], (tooling, region) => (
    tooling === undefined || region === undefined || partitionOf(region) === partitionOf(tooling) ? [] : [problem(
      path, region, `a region of the partition ${partitionOf(tooling)}, as tooling.region (${showValue(tooling)})`,
      `${region} is in ${partitionOf(region)}, and roles, buckets and events cannot cross partitions: create one `
        + 'project per partition.',
    )])));
  const fits = (
    arnPath: string, regionPaths: readonly string[],
  ): Rule => rule<Texts>([arnPath, ...regionPaths], (arn, ...regions) => {
    const region = first(regions);
    const wanted = region === undefined ? undefined : partitionOf(region);
    return arn === undefined || wanted === undefined || arn.split(':')[1] === wanted ? [] : [
      problem(
        arnPath, arn, `an ARN that begins with "arn:${wanted}:", like everything in ${region}`,
        `Give the ARN of one in the partition of ${region}, or change the region.`,
      ),
    ];
  });
  const caches = entryPaths(options, 'containerRepositories').map(repository =>
    `${repository}.pullThroughCache.credentialArn`);
  const project = [
    'source.connectionArn', 'infrastructure.source.connectionArn', 'endpoint.kmsKeyArn', 's3AccessLogsBucketArn',
    'notifications.topicArn', ...caches, ...approverArns(options),
  ];
  const own = environments(options).flatMap(environment => ['s3AccessLogsBucketArn', 'endpoint.kmsKeyArn'].map(arn =>
    fits(`${environment}.${arn}`, [`${environment}.region`, 'tooling.region'])));
  return [...onePartition, ...project.map(arn => fits(arn, ['tooling.region'])), ...own];
};

/**
 * SageMaker and S3 take keys of their own region alone (KMS developer guide, "Multi-Region keys": a key id is valid in
 * one region); the account may be another.
 */
export const keyRegionRules: RuleFamily = options => deployPlaces(options).map(({ path, places }) => {
  const regionPaths = places.map(place => `${place}.region`);
  const ownKey = `${path}.endpoint.kmsKeyArn`;
  return rule<Texts>([ownKey, 'endpoint.kmsKeyArn', ...regionPaths], (own, shared, ...regions) => {
    const [arn, at] = own === undefined ? [shared, 'endpoint.kmsKeyArn'] : [own, ownKey];
    const region = first(regions);
    // A key of another partition is reported as that.
    if (arn === undefined || region === undefined || arn.split(':')[3] === region
      || arn.split(':')[1] !== partitionOf(region)) { return []; }
    const fix = own !== undefined || path === 'tooling' ? 'Give the ARN of a key of that region, or change the region.'
      : 'Give the ARN of a key of that region, or give '
        + `${path.endsWith('buildEnvironment') ? 'the group a deploy environment with' : path} an endpoint.kmsKeyArn `
        + 'of its own.';
    return [
      problem(at, arn, `a key in ${region}, where ${own === undefined ? 'endpoints are' : 'the endpoint is'}`, fix),
    ];
  });
});

/**
 * A VPC spans the zones of one region and belongs to one account (VPC user guide, "How Amazon VPC works"); its subnets
 * can be shared with other accounts.
 */
export const networkPlaceRules: RuleFamily = options => {
  const build = buildPlaces(options);
  const deploy = deployPlaces(options).filter(({ path }) => !build.some(other => other.path === path));
  return [...build, ...deploy].map(({ path, places }) => {
    const own = (field: string): string[] => places.map(place => `${place}.${field}`);
    const reads = [
      'network', `${path}.network`, 'tooling.account', 'tooling.region', ...own('account'), ...own('region'),
    ];
    return rule<[NetworkOptions?, NetworkOptions?, ...Texts]>(reads, (
      shared, network, toolingAccount, toolingRegion, ...where
    ) => {
      const [account, region] = [first(where.slice(0, places.length)), first(where.slice(places.length))];
      if (shared === undefined || network !== undefined || (account === toolingAccount && region === toolingRegion)) {
        return [];
      }
      const there = [account === toolingAccount
        ? ''
        : `account ${account}`, region === toolingRegion ? '' : `region ${region}`].filter(Boolean).join(', ');
      return [problem(
        `${path}.network`, undefined, `the VPC, subnets and security groups of ${there}`,
        "The project's network is in the tooling account and region, and a VPC belongs to one account and region: "
          + 'set the network of this environment. Subnets that are shared with its account (AWS RAM) can be reused, '
          + "with the account's own security groups.",
      )];
    });
  });
};
