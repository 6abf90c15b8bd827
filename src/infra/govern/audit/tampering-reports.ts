import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { forwardedAlarms, forwardedTampering } from './tampering';
import type { PlannedAudit } from '../../../plan/govern/model';
import type { DeliveryPlan } from '../../../plan/model';
import { FailureWatch } from '../../shared/failure-watch';
import { fill } from '../../shared/fill';

/** What is reported, and with which key messages are encrypted that could not be sent. */
export interface TamperingReportsProps {
  readonly plan: DeliveryPlan;
  readonly audit: PlannedAudit;
  readonly key: IKey;
}

/** Tells people in the tooling account of tampering in any account of the delivery. */
export class TamperingReports extends Construct {
  public readonly watch: FailureWatch;

  public constructor(scope: Construct, id: string, { plan, audit, key }: TamperingReportsProps) {
    super(scope, id);
    const { bus, topicArn, chatTopicArn } = plan.infrastructure;
    const subject = { project: plan.delivery.name };
    const places = audit.trails.map(({ place }) => place);
    // All accounts have alarms of the same names.
    const [{ alarms, undelivered }] = audit.trails;
    this.watch = new FailureWatch(this, 'Watch', {
      prefix: audit.reports, topicArn: fill(this, topicArn), chatTopicArn: chatTopicArn && fill(this, chatTopicArn),
      key, queues: [],
      failures: [
        ...forwardedTampering(this, subject, places, bus),
        forwardedAlarms(this, subject, places, bus, [{ prefix: `${alarms}-` }, undelivered]),
      ],
    });
  }
}
