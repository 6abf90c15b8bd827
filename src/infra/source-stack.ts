import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DeliveryPlan } from '../delivery/plan';

/** The CodeCommit repository, in a stack of its own: it outlives everything that is built from it. */
export class SourceStack extends Stack {
  public constructor(scope: Construct, id: string, plan: DeliveryPlan) {
    super(scope, id, { stackName: plan.sourceStack, env: plan.delivery.tooling, terminationProtection: true, description: `Repository of ${plan.delivery.name}` });
    const repository = new codecommit.CfnRepository(this, 'Repository', {
      repositoryName: plan.delivery.source.repository,
      repositoryDescription: `Model build and infrastructure of ${plan.delivery.name}`,
    });
    repository.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}
