import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DeliveryEvents } from './delivery-events';
import { DeliveryNotifications } from './delivery-notifications';
import { InfrastructurePipeline } from './infrastructure-pipeline';
import type { DeliveryPlan } from '../../plan/model';
import { makeKey } from '../shared/own-key';
import { optionsOf } from '../shared/plan';
import { PrivateBucket } from '../shared/private-bucket';
import { stackProps } from '../shared/stack-props';

/**
 * What a delivery has once in the tooling account: key, bucket, bus, topic, and the pipeline that deploys the
 * infrastructure.
 */
export class InfrastructureStack extends Stack {
  public constructor(scope: Construct, id: string, plan: DeliveryPlan) {
    const { stack, keyAlias, bucket } = plan.infrastructure;
    super(
      scope,
      id,
      stackProps(plan, stack, `Events, notifications and infrastructure pipeline of ${plan.delivery.name}`),
    );
    const delivery = optionsOf(plan);
    const key = makeKey(this, 'Key', keyAlias, `Infrastructure of ${plan.delivery.name}`);
    const { bucket: artifactBucket } = new PrivateBucket(this, 'Artifacts', {
      name: bucket, key, logBucketArn: plan.delivery.s3AccessLogsBucketArn, keep: 400, keepOldVersions: 30,
    });
    new DeliveryEvents(this, 'Events', { delivery });
    const { topic } = new DeliveryNotifications(this, 'Notifications', { delivery, key });
    if (plan.infrastructure.pipeline) {
      new InfrastructurePipeline(this, 'Pipeline', {
        delivery,
        key,
        artifactBucket,
        topic,
      });
    }
  }
}
