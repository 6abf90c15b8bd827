import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { InfrastructurePipeline } from './infrastructure-pipeline';
import type { Delivery } from '../../delivery/delivery';
import { pipelinesComeLast } from '../shared/comes-last';
import { makeKey } from '../shared/own-key';
import { planOf } from '../shared/plan';
import { PrivateBucket } from '../shared/private-bucket';
import { stackProps } from '../shared/stack-props';

/** The pipeline that deploys the infrastructure, with its key and bucket: the last stack of a delivery. */
export class InfrastructurePipelineStack extends Stack {
  public constructor(scope: Construct, id: string, delivery: Delivery) {
    const plan = planOf(delivery);
    const { stack, keyAlias, bucket } = plan.infrastructure.pipeline!;
    super(scope, id, stackProps(plan, stack, `Infrastructure pipeline of ${plan.delivery.name}`));
    const key = makeKey(this, 'Key', keyAlias, `Infrastructure pipeline of ${plan.delivery.name}`);
    const { bucket: artifactBucket } = new PrivateBucket(this, 'Artifacts', {
      name: bucket, key, logBucketArn: plan.delivery.s3AccessLogsBucketArn, keep: 400, keepOldVersions: 30,
    });
    new InfrastructurePipeline(this, 'Pipeline', { delivery, key, artifactBucket });
    pipelinesComeLast(this);
  }
}
