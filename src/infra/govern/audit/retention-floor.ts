import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';

/** Days of so many years, leap days counted: S3 counts in days, retention policies in years. */
export function daysOf(years: number): number {
  return Math.ceil(years * 365.25);
}

/** A rule as CloudFormation has it. */
interface LifecycleRule {
  readonly Id?: string;
  readonly Status?: string;
  readonly ExpirationInDays?: number;
  readonly ExpirationDate?: string;
  readonly NoncurrentVersionExpirationInDays?: number;
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays?: number };
}

/**
 * Refuses the synth if a life-cycle rule of the bucket, whoever added it, removes something before the retention ends.
 * Object Lock would keep the versions, but not in every mode, and nobody should plan their removal.
 */
export function retentionFloor(bucket: Bucket, years: number): void {
  const floor = daysOf(years);
  bucket.node.addValidation({
    validate: () => rulesOf(bucket).flatMap((rule, i) => {
      const name = rule.Id ?? `number ${i + 1}`;
      const removed = [
        rule.ExpirationInDays, rule.NoncurrentVersionExpirationInDays, rule.NoncurrentVersionExpiration?.NoncurrentDays,
      ].filter((days): days is number => days !== undefined);
      const early = removed.filter(days => days < floor);
      return [
        ...early.map(days => `life-cycle rule ${name} of ${bucket.node.path} removes objects after ${days} days: `
          + `allowed are at least ${floor}, because they are kept for ${years} years. Remove the expiration.`),
        ...(rule.ExpirationDate === undefined ? [] : [`life-cycle rule ${name} of ${bucket.node.path} removes objects `
          + `on ${rule.ExpirationDate}: allowed is no date, because they are kept for ${years} years. Remove it.`]),
      ];
    }),
  });
}

/** The rules as they end up in the template, overrides included. */
function rulesOf(bucket: Bucket): LifecycleRule[] {
  const resource = bucket.node.defaultChild as CfnBucket;
  const template = Stack.of(bucket).resolve(resource._toCloudFormation()) as {
    readonly Resources: {
      readonly [id: string]: {
        readonly Properties?: {
          readonly LifecycleConfiguration?: { readonly Rules?: readonly LifecycleRule[] };
        };
      };
    };
  };
  return Object.values(template.Resources).flatMap(({ Properties }) => Properties?.LifecycleConfiguration?.Rules ?? [])
    .filter(({ Status: status }) => status !== 'Disabled');
}
