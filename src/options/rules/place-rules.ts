import { showValue } from '../option-error';
import { entryPaths } from '../option-path';
import { CONTAINER_REGIONS, isRegionSpelling, nearestRegion, partitionOf } from '../regions';
import { problem, rule, type Rule, type RuleFamily } from '../rule';

/** The path of every environment, build environments first in each group. */
function environments(options: unknown): string[] {
  return entryPaths(options, 'deploymentGroups').flatMap(group => [`${group}.buildEnvironment`, ...entryPaths(options, `${group}.deployEnvironments`)]);
}

/** Pipelines across accounts and regions need keys, buses and bootstrap trust in each of them; one account and region is what is built so far. */
export const onePlaceRules: RuleFamily = options => (['account', 'region'] as const).flatMap(field => environments(options).map(environment =>
  rule<[string?, string?]>([`tooling.${field}`, `${environment}.${field}`], (tooling, own) => (own === undefined || own === tooling ? [] : [
    problem(`${environment}.${field}`, own, `the same as tooling.${field} (${showValue(tooling)})`,
      `All environments share one ${field} so far: give tooling and every environment the same, or none at all.`),
  ]))));

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
