import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ApprovalGate } from './approval-gate';
import { FailureAlarms } from './failure-alarms';
import { ModelDeployPipeline } from './model-deploy-pipeline';
import type { Delivery } from '../../delivery/delivery';
import type { PlannedGroup } from '../../plan/model';
import { ModelBuildPipeline } from '../build/model-build-pipeline';
import { Retraining } from '../retrain/retraining';
import { pipelinesComeLast } from '../shared/comes-last';
import { letRead } from '../shared/foreign-readers';
import { makeKey } from '../shared/own-key';
import { planOf } from '../shared/plan';
import { PrivateBucket } from '../shared/private-bucket';
import { stackProps } from '../shared/stack-props';
import { UpgradeBuild } from '../upgrade/upgrade-build';

/** A group's pipelines and what they share. */
export class DeliveryStack extends Stack {
  public constructor(
    scope: Construct, id: string, delivery: Delivery, group: PlannedGroup, directory?: string,
  ) {
    const plan = planOf(delivery);
    const { pipelines, name, retraining } = group;
    const { infrastructure: { bus, busArn, topicArn } } = plan;
    super(scope, id, stackProps(plan, pipelines.stack, `Pipelines of ${plan.delivery.name}, group ${name}`));
    const key = makeKey(this, 'Key', pipelines.keyAlias, `Pipelines of ${plan.delivery.name}, group ${name}`);
    const { bucket } = new PrivateBucket(this, 'Artifacts', {
      name: pipelines.bucket, key, logBucketArn: plan.delivery.s3AccessLogsBucketArn, keep: 400, keepOldVersions: 30,
    });
    letRead(bucket, key, pipelines.artifactReaders);
    const shared = { delivery, group: name, key, artifactBucket: bucket };
    const build = new ModelBuildPipeline(this, 'Build', shared);
    const deploy = new ModelDeployPipeline(this, 'Deploy', { ...shared, directory });
    if (plan.upgrade?.group === name) { new UpgradeBuild(this, 'Upgrade', shared); }
    const gate = new ApprovalGate(this, 'Gate', shared);
    const retrain = retraining && new Retraining(this, 'Retraining', {
      project: plan.delivery.name, group, retraining, bus: { name: bus, arn: busArn }, topicArn, key,
    });
    new FailureAlarms(this, 'Failures', {
      ...shared,
      deadLetterQueues: [
        gate.deadLetters, ...(build.deadLetters ? [build.deadLetters] : []), deploy.deadLetters,
        ...(retrain ? [retrain.deadLetters] : []),
      ],
    });
    pipelinesComeLast(this, build.pipeline);
  }
}
