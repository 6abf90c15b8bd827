import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Protected, tamperingIn } from './tampering';
import type { PlannedTrail } from '../../../plan/govern/model';
import { forwardingRule, undeliveredAlarm, undeliveredQueue } from '../../shared/event-forwarding';
import { makeRole } from '../../shared/planned-role';

/** What is watched, and where it is told. */
export interface TamperingEventsProps {
  readonly trail: PlannedTrail;
  readonly watched: Protected;
  readonly busArn: string;
  /** Encrypts events that could not be forwarded; its policy is extended for EventBridge. */
  readonly key: IKey;
}

/**
 * Brings signs of tampering from an account's default bus to the delivery's bus in the tooling account, where people
 * are told: in the account where it happens, whoever tampers could stop that, too, but not unseen.
 */
export class TamperingEvents extends Construct {
  /** A rule for each kind of tampering, and one for the alarms. */
  public readonly rules: events.CfnRule[];
  /** Events that could not be forwarded. */
  public readonly undelivered: sqs.Queue;
  /** Whether there are any. */
  public readonly alarm: cloudwatch.Alarm;

  public constructor(scope: Construct, id: string, { trail, watched, busArn, key }: TamperingEventsProps) {
    super(scope, id);
    const { place, undelivered, alarms } = trail;
    const forwarded = [
      ...tamperingIn(watched),
      {
        ending: 'alarms', description: 'Changed roles, tampering in other regions, and events that could not be '
          + 'forwarded',
        pattern: {
          'source': ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          'detail': { alarmName: [{ prefix: `${alarms}-` }, undelivered], state: { value: ['ALARM'] } },
        },
      },
    ];
    const nameOf = (ending: string) => `${alarms}-${ending}`;
    const role = makeRole(this, 'Role', trail.roles.forwarder);
    this.undelivered = undeliveredQueue(
      this, { place, undelivered }, forwarded.map(({ ending }) => nameOf(ending)), key,
    );
    this.alarm = undeliveredAlarm(
      this, { place, undelivered }, this.undelivered, 'Signs of tampering do not reach the tooling account',
    );
    this.rules = forwarded.map(({ ending, description, pattern }) => forwardingRule(this, `${ending}Rule`, {
      name: nameOf(ending), description, eventPattern: pattern, busArn, role, undelivered: this.undelivered,
    }));
  }
}
