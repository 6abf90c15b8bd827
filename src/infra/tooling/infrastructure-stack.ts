import { DefaultStackSynthesizer, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DeliveryEvents } from './delivery-events';
import { DeliveryNotifications } from './delivery-notifications';
import type { DeliveryPlan } from '../../delivery/plan';
import type { DeliveryOptions } from '../../options/delivery';
import { makeKey } from '../private/own-key';
import { PrivateBucket } from '../private/private-bucket';

/** What a delivery has once in the tooling account: key, bucket, bus, topic, and the pipeline that deploys the infrastructure. */
export class InfrastructureStack extends Stack {
  public constructor(scope: Construct, id: string, plan: DeliveryPlan) {
    const { stack, place, keyAlias, bucket } = plan.infrastructure;
    super(scope, id, {
      stackName: stack,
      env: place,
      terminationProtection: true,
      description: `Events, notifications and infrastructure pipeline of ${plan.delivery.name}`,
      synthesizer: new DefaultStackSynthesizer({ qualifier: plan.delivery.infrastructure.bootstrapQualifier }),
    });
    // The plan's delivery has every default filled in already; it stays a delivery that constructs can be made from.
    const delivery: DeliveryOptions = plan.delivery as DeliveryOptions;
    const key = makeKey(this, 'Key', keyAlias, `Infrastructure of ${plan.delivery.name}`);
    new PrivateBucket(this, 'Artifacts', { name: bucket, key, logBucketArn: plan.delivery.s3AccessLogsBucketArn, keep: 400, keepOldVersions: 30 });
    new DeliveryEvents(this, 'Events', { delivery });
    new DeliveryNotifications(this, 'Notifications', { delivery, key });
  }
}
