import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';

/** What a domain of one's own points at. */
export interface DomainRecord {
  readonly name: string;
  /** The zone that gets the record; none where somebody else points the domain. */
  readonly hostedZoneId?: string;
  readonly target: string;
  /** Hosted zone of the target. */
  readonly zone: string;
}

/** Points a domain at API Gateway. */
export function domainRecord(scope: Construct, { name, hostedZoneId, target, zone }: DomainRecord): void {
  if (hostedZoneId === undefined) { return; }
  new CfnRecordSet(scope, 'Record', {
    name, hostedZoneId, type: 'A', aliasTarget: { dnsName: target, hostedZoneId: zone },
  });
}
