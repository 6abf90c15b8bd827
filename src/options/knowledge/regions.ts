import { FRAMEWORKS } from './frameworks';
import { LACKING, type RegionalService } from './region-services';
import { nearest } from '../engine/nearest';

/** What must be in a region: a service, or SageMaker's image of the framework. */
export type Need = RegionalService | 'images';

/** Regions with a SageMaker image of every framework in the versions of FRAMEWORKS. */
export const CONTAINER_REGIONS: readonly string[] = Object.keys(LACKING).filter(region =>
  Object.values(FRAMEWORKS).every(({ image }) => image.regions.includes(region)));

/** Regions that have all of what is needed; `images` are those with an image of the framework. */
export function regionsWith(needs: readonly Need[], images?: readonly string[]): string[] {
  return Object.keys(LACKING).filter(region => lackedBy(region, needs, images).length === 0);
}

/** What a region lacks of what is needed; nothing is known of a region that is newer than this package. */
export function lackedBy(region: string, needs: readonly Need[], images?: readonly string[]): Need[] {
  return needs.filter(need => need === 'images'
    ? images && isKnownRegion(region) && !images.includes(region)
    : LACKING[region]?.includes(need));
}

/** Whether a region was there when this package was made. */
export function isKnownRegion(region: string): boolean {
  return region in LACKING;
}

/**
 * Whether a delivery can be in a region: in China CodePipeline has no actions of CloudFormation (CodePipeline user
 * guide, "AWS CloudFormation deploy action reference").
 */
export function canDeliverTo(region: string): boolean {
  return !region.startsWith('cn-');
}

/** Regions that a delivery can be in. */
export const DELIVERY_REGIONS: readonly string[] = CONTAINER_REGIONS.filter(canDeliverTo);

/** How AWS names regions; new ones appear every year, so what is new must pass and what is misspelt not. */
const SPELLING = /^[a-z]{2,4}(-(gov|iso[a-z]?|de))?-(central|(north|south)(east|west)?|east|west)-\d$/;

/** Whether a region's name can be one of AWS's. */
export function isRegionSpelling(region: string): boolean {
  return SPELLING.test(region);
}

/** The region that was probably meant. */
export function nearestRegion(region: string): string | undefined {
  return nearest(region, DELIVERY_REGIONS);
}

const PARTITIONS: ReadonlyArray<readonly [string, string]> = [
  ['cn-', 'aws-cn'], ['us-gov-', 'aws-us-gov'], ['us-iso-', 'aws-iso'], ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'], ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
];

/**
 * The partition that a region belongs to, which every ARN of the region starts with (`partitions.json` of the AWS
 * SDKs).
 */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([start]) => region.startsWith(start))?.[1] ?? 'aws';
}

const URL_SUFFIXES: { readonly [partition: string]: string } = {
  'aws-cn': 'amazonaws.com.cn', 'aws-iso': 'c2s.ic.gov', 'aws-iso-b': 'sc2s.sgov.gov', 'aws-iso-f': 'csp.hci.ic.gov',
  'aws-iso-e': 'cloud.adc-e.uk', 'aws-eusc': 'amazonaws.eu',
};

/** How the addresses of services end in a partition (`partitions.json` of the AWS SDKs). */
export function urlSuffixOf(partition: string): string {
  return URL_SUFFIXES[partition] ?? 'amazonaws.com';
}
