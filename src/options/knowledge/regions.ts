import { nearest } from '../engine/nearest';

/**
 * Regions with a SageMaker image of XGBoost and of scikit-learn in the versions of FRAMEWORKS, as SDK 3.27.0 lists them
 * (`sagemaker/core/image_uri_config/xgboost.json` and `sklearn.json`, "registries"; both list the same).
 */
export const CONTAINER_REGIONS: readonly string[] = [
  'af-south-1', 'ap-east-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2',
  'ap-southeast-1', 'ap-southeast-2',
  'ap-southeast-3', 'ap-southeast-4', 'ca-central-1', 'ca-west-1', 'cn-north-1', 'cn-northwest-1', 'eu-central-1',
  'eu-central-2', 'eu-north-1',
  'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'il-central-1', 'me-central-1', 'me-south-1',
  'sa-east-1', 'us-east-1',
  'us-east-2', 'us-gov-east-1', 'us-gov-west-1', 'us-iso-east-1', 'us-isob-east-1', 'us-isof-east-1',
  'us-isof-south-1', 'us-west-1', 'us-west-2',
];

/**
 * Whether a delivery can be in a region: in China CodePipeline has no actions of CloudFormation (CodePipeline user
 * guide, "AWS CloudFormation deploy action reference").
 */
export function canDeliverTo(region: string): boolean {
  return !region.startsWith('cn-');
}

/** Regions that a delivery can be in. */
export const DELIVERY_REGIONS: readonly string[] = CONTAINER_REGIONS.filter(canDeliverTo);

/** How AWS names regions; new ones appear every year, so what is new has to pass and what is misspelt not. */
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
