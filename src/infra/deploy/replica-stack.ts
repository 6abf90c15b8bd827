import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { PlannedReplica } from '../../plan/deploy/model';
import type { DeliveryPlan } from '../../plan/model';
import { letRead } from '../shared/foreign-readers';
import { makeKey } from '../shared/own-key';
import { PrivateBucket } from '../shared/private-bucket';
import { stackProps } from '../shared/stack-props';

/**
 * Key and bucket of a deploy pipeline in another region, for its actions there (CodePipeline user guide, "Add a
 * cross-Region action in CodePipeline").
 *
 * The pipeline is in the same account, so its role's own policy is enough; from other accounts exactly the deploy roles
 * of that region read.
 */
export class ReplicaStack extends Stack {
  public constructor(scope: Construct, id: string, plan: DeliveryPlan, group: string, replica: PlannedReplica) {
    super(
      scope,
      id,
      stackProps(plan, id, `Artifacts of ${plan.delivery.name}, group ${group}, in ${replica.place.region}`),
    );
    const key = makeKey(this, 'Key', replica.keyAlias, `Pipelines of ${plan.delivery.name}, group ${group}`);
    const { bucket } = new PrivateBucket(this, 'Artifacts', {
      name: replica.bucket,
      key,
      keep: 400,
      keepOldVersions: 30,
    });
    letRead(bucket, key, replica.artifactReaders);
  }
}
