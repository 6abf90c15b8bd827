import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Delivery } from '../../delivery/delivery';
import type { DeliveryPlan } from '../../plan/model';
import type { PlannedRole } from '../../plan/roles/role-model';
import { fill } from '../shared/fill';
import { planOf } from '../shared/plan';

/** Days that events are kept for a replay: as long as the logs of what they started. */
const ARCHIVE_DAYS = 365;

/** The delivery whose events are collected. */
export interface DeliveryEventsProps {
  /** The delivery. */
  readonly delivery: Delivery;
}

/**
 * The event bus in the tooling account that receives approvals, rejections and failures of all build environments, and
 * the state of all endpoints, with an archive.
 *
 * Only the forwarder roles of the environments may put events on it from other accounts; in the bus's own account, the
 * roles' policies are enough. An event that cannot be forwarded waits in the environment's queue; one that cannot be
 * handled waits in the queue of the rule's target.
 *
 * @throws OptionError when the delivery is invalid
 */
export class DeliveryEvents extends Construct {
  /** The bus. */
  public readonly bus: events.CfnEventBus;
  /** Every event of the last 365 days, to be replayed after an incident. */
  public readonly archive: events.CfnArchive;

  public constructor(scope: Construct, id: string, props: DeliveryEventsProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { bus, archive } = plan.infrastructure;
    this.bus = new events.CfnEventBus(this, 'Bus', {
      name: bus,
      description: `Approvals, rejections and failures of ${plan.delivery.name}`,
    });
    const forwarders = [
      ...plan.groups.flatMap(({ roles, environments }) => [
        roles.forwarder, ...environments.flatMap(environment => environment.roles.forwarder ?? []),
      ]),
      ...(plan.governance.audit?.trails ?? []).map(trail => trail.roles.forwarder),
    ].filter(role => role.place.account !== plan.infrastructure.place.account);
    if (forwarders.length > 0) { this.letIn(forwarders, plan); }
    this.archive = new events.CfnArchive(this, 'Archive', {
      archiveName: archive,
      sourceArn: this.bus.attrArn,
      retentionDays: ARCHIVE_DAYS,
      description: `Events of ${plan.delivery.name}, to be replayed after an incident`,
    });
  }

  /**
   * One statement for all accounts: the policy of a bus has at most 10,240 characters unless the quota is raised
   * (EventBridge user guide, "Quotas"), which a statement for each account would use up with about 29 of them; this is
   * enough for about 55 with an environment each.
   */
  private letIn(forwarders: readonly PlannedRole[], { infrastructure }: DeliveryPlan): void {
    const sorted = (texts: readonly string[]) => [...new Set(texts)].sort().map(text => fill(this, text));
    new events.CfnEventBusPolicy(this, 'Forwarders', {
      eventBusName: this.bus.ref,
      statementId: infrastructure.busStatement,
      statement: {
        Effect: 'Allow',
        Principal: { AWS: sorted(forwarders.map(role => `arn:{partition}:iam::${role.place.account!}:root`)) },
        Action: 'events:PutEvents',
        Resource: fill(this, infrastructure.busArn),
        // A role that is not there yet cannot be a principal; the condition admits exactly these.
        Condition: { ArnEquals: { 'aws:PrincipalArn': sorted(forwarders.map(role => role.arn)) } },
      },
    });
  }
}
