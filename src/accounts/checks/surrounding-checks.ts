import type { NetworkOptions } from '../../options/network';
import { type Place, placeOf } from '../../plan/place';
import type { PreflightCheck } from '../preflight-check';

/** What a part of a delivery names of its account's own. */
interface Surroundings extends Place {
  readonly network?: NetworkOptions;
  readonly s3AccessLogsBucketArn?: string;
}

/** Network and bucket for access logs, where they are named. */
export function surroundingChecks({ network, s3AccessLogsBucketArn, ...where }: Surroundings): PreflightCheck[] {
  const place = placeOf(where);
  return [
    ...(network ? [networkCheck(place, network)] : []),
    ...(s3AccessLogsBucketArn ? [logsCheck(place, s3AccessLogsBucketArn.split(':').slice(-1)[0])] : []),
  ];
}

function logsCheck(place: Place, bucket: string): PreflightCheck {
  return {
    kind: 'logs',
    title: `Bucket for access logs ${bucket}, in the same region`,
    place,
    wants: { bucket },
    fix: 'Create the bucket in this account and region and let logging.s3.amazonaws.com write to it, or name another '
      + 'one (s3AccessLogsBucketArn).',
  };
}

function networkCheck(place: Place, { vpcId, subnetIds, securityGroupIds }: NetworkOptions): PreflightCheck {
  return {
    kind: 'network',
    title: `VPC ${vpcId} with its subnets and security groups`,
    place,
    wants: { vpc: vpcId, subnets: subnetIds, groups: securityGroupIds },
    fix: 'Name subnets and security groups of this VPC, in this account and region (network).',
  };
}

/** A key that is named. */
export function keyCheck(place: Place, arn: string): PreflightCheck {
  return {
    kind: 'key',
    title: `Key ${arn.split('/')[1] ?? arn} is enabled, in this region`,
    place,
    wants: { arn },
    fix: 'Name an enabled key, in the account and region of what it encrypts.',
  };
}

/** The topic of messages, where one is named. */
export function topicCheck(place: Place, arn: string): PreflightCheck {
  return {
    kind: 'topic',
    title: `Topic ${arn}`,
    place: placeOf(place),
    wants: { arn },
    fix: 'Create the topic in the tooling account and region; its policy must let events.amazonaws.com, without a '
      + 'condition, and cloudwatch.amazonaws.com publish.',
  };
}
