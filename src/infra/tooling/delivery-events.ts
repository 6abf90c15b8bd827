import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { nameOf } from '../../delivery/names';
import type { DeliveryOptions } from '../../options/delivery';
import { fill } from '../private/fill';
import { planOf } from '../private/plan';

/** Days that events are kept for a replay: as long as the logs of what they started. */
const ARCHIVE_DAYS = 365;

/** The delivery whose events are collected. */
export interface DeliveryEventsProps {
  /** The delivery, as in `config/delivery.json`. */
  readonly delivery: DeliveryOptions;
}

/**
 * The event bus in the tooling account that approvals, rejections and failures of all build environments arrive at, with an archive.
 *
 * Other accounts put events on it with exactly the forwarder roles of their build environments; in the bus's own account the roles' policies are
 * enough. What cannot be forwarded waits in the queue of the build environment, what cannot be handled in that of the rule's target.
 *
 * @throws OptionError when the delivery is wrong
 */
export class DeliveryEvents extends Construct {
  /** The bus. */
  public readonly bus: events.CfnEventBus;
  /** Every event of the last 365 days, to be replayed after a disturbance. */
  public readonly archive: events.CfnArchive;

  public constructor(scope: Construct, id: string, props: DeliveryEventsProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { bus, busArn, archive } = plan.infrastructure;
    this.bus = new events.CfnEventBus(this, 'Bus', { name: bus, description: `Approvals, rejections and failures of ${plan.delivery.name}` });
    const forwarders = plan.groups.map(group => group.roles.forwarder).filter(role => role.place.account !== plan.infrastructure.place.account);
    let before: events.CfnEventBusPolicy | undefined;
    for (const account of [...new Set(forwarders.map(role => role.place.account!))].sort()) {
      const roles = forwarders.filter(role => role.place.account === account).map(role => fill(this, role.arn));
      const policy = new events.CfnEventBusPolicy(this, `From${account}`, {
        eventBusName: this.bus.ref,
        // CloudFormation takes it for the resource's id, so a second delivery in this account that lets in the same one must not have the same.
        statementId: nameOf('busStatement', plan.delivery.name, `from${account}`),
        statement: {
          Effect: 'Allow',
          Principal: { AWS: fill(this, `arn:{partition}:iam::${account}:root`) },
          Action: 'events:PutEvents',
          Resource: fill(this, busArn),
          // A role that is not there yet cannot be a principal; the condition admits exactly these.
          Condition: { ArnEquals: { 'aws:PrincipalArn': [...new Set(roles)].sort() } },
        },
      });
      // All of them are one policy to EventBridge, which refuses changes at the same time (EventBridge API reference, PutPermission, ConcurrentModificationException).
      if (before) { policy.addResourceDependency(before); }
      before = policy;
    }
    this.archive = new events.CfnArchive(this, 'Archive', {
      archiveName: archive, sourceArn: this.bus.attrArn, retentionDays: ARCHIVE_DAYS, description: `Events of ${plan.delivery.name}, to be replayed after a disturbance`,
    });
  }
}
