import type { Place } from './place';

/**
 * ARNs of the plan are text with placeholders in braces, so that the plan knows neither CDK tokens nor the partition;
 * the infrastructure layer fills them in. `{account}` and `{region}` are those of the stack that the text ends up in.
 */
export const PLACEHOLDERS = [
  'partition', 'account', 'region', 'urlSuffix',
  'key', // ARN of the stack's own KMS key
  'table', // ARN of a stack's own memory, such as the approval gate's
  'queue', // ARN of the queue that a function works through
  'deadLetters', // ARN of the queue of what it laid aside
  'assetBucket', 'infrastructureObject', 'toolsObject', // ARNs of what the deploy pipeline starts from
  'toolsKey', // key of an asset in its bucket
] as const;

/** A placeholder's name. */
export type Placeholder = typeof PLACEHOLDERS[number];

/** The ARN of a regional resource. */
export function arn(place: Place, service: string, resource: string): string {
  return `arn:{partition}:${service}:${place.region ?? '{region}'}:${place.account ?? '{account}'}:${resource}`;
}

/** The ARN of a role. */
export function roleArn(place: Place, name: string): string {
  return `arn:{partition}:iam::${place.account ?? '{account}'}:role/${name}`;
}

/** The ARN of a bucket, or of what is in it. */
export function bucketArn(bucket: string, path = ''): string {
  return `arn:{partition}:s3:::${bucket}${path}`;
}

/** The full name of a bucket: bucket names are global, so account and region are part of it. */
export function bucketIn(place: Place, name: string): string {
  return `${name}-${place.account ?? '{account}'}-${place.region ?? '{region}'}`;
}
