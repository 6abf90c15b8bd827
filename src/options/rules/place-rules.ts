import { showValue } from '../option-error';
import { entryPaths } from '../option-path';
import { CONTAINER_REGIONS, isRegionSpelling, nearestRegion, partitionOf } from '../regions';
import { problem, rule, type Rule, type RuleFamily } from '../rule';

/** The path of every environment, build environments first in each group. */
function environments(options: unknown): string[] {
  return entryPaths(options, 'deploymentGroups').flatMap(group => [`${group}.buildEnvironment`, ...entryPaths(options, `${group}.deployEnvironments`)]);
}

/** Pipelines need ARNs and trust of exact accounts: once an environment says where it is, where the pipelines are has to be said too. */
export const toolingPlaceRules: RuleFamily = options => (['account', 'region'] as const).map(field => {
  const paths = environments(options).map(environment => `${environment}.${field}`);
  return rule<ReadonlyArray<string | undefined>>([`tooling.${field}`, ...paths], (tooling, ...own) => {
    const named = own.findIndex(value => value !== undefined);
    return tooling !== undefined || named < 0 ? [] : [problem(
      `tooling.${field}`, undefined, `the ${field} in which the pipelines run, because ${paths[named]} is ${showValue(own[named])}`,
      `Add tooling.${field}; environments that name no ${field} are in that one too.`,
    )];
  });
});

function regionRules(options: unknown, check: (region: string) => string | undefined): Rule[] {
  return ['tooling', ...environments(options)].map(place => `${place}.region`).map(path => rule<[string?]>([path], region => {
    const allowed = region === undefined ? undefined : check(region);
    if (region === undefined || allowed === undefined) { return []; }
    const near = nearestRegion(region);
    return [problem(path, region, allowed, near ? `Did you mean ${showValue(near)}?` : 'Choose another region.')];
  }));
}

/** A region's name that cannot be one, such as eu-wset-1; one that is newer than this package passes. */
export const regionSpellingRules: RuleFamily = options => regionRules(options, region => (
  isRegionSpelling(region) ? undefined : 'the name of a region, for example "eu-west-1"'));

/** Models are trained and served in SageMaker's own image of the framework, which is not in every region. */
export const containerRegionRules: RuleFamily = options => regionRules(options, region => (
  CONTAINER_REGIONS.includes(region) ? undefined : `a region that has SageMaker's images of the framework: ${CONTAINER_REGIONS.join(', ')}`));

/** An ARN of another partition can never be reached: partitions share neither accounts nor networks (AWS general reference, "Amazon Resource Names"). */
export const partitionRules: RuleFamily = options => {
  const fits = (arnPath: string, regionPath: string): Rule => rule<[string?, string?]>([arnPath, regionPath], (arn, region) => {
    const wanted = region === undefined ? undefined : partitionOf(region);
    return arn === undefined || wanted === undefined || arn.split(':')[1] === wanted ? [] : [
      problem(arnPath, arn, `an ARN that begins with "arn:${wanted}:", as everything in ${region}`, `Give the ARN of one in the partition of ${region}, or change the region.`),
    ];
  });
  const places = ['tooling', ...environments(options)].map(place => `${place}.region`);
  return ['source.connectionArn', 'endpoint.kmsKeyArn', 's3AccessLogsBucketArn'].flatMap(arn => places.map(place => fits(arn, place)));
};

/** SageMaker and S3 take keys of their own region alone (KMS developer guide, "Multi-Region keys": a key id is valid in one region). */
export const keyRegionRules: RuleFamily = options => ['tooling', ...environments(options)].map(place => `${place}.region`).map(path =>
  rule<[string?, string?]>(['endpoint.kmsKeyArn', path], (arn, region) => (
    // A key of another partition is reported as that.
    arn === undefined || region === undefined || arn.split(':')[3] === region || arn.split(':')[1] !== partitionOf(region) ? [] : [
      problem('endpoint.kmsKeyArn', arn, `a key in ${region}, where the endpoints are`, 'Give the ARN of a key of that region, or change the region.'),
    ])));
