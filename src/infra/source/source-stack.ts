import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DeliveryPlan } from '../../plan/model';
import { stackProps } from '../shared/stack-props';

/** The CodeCommit repositories, in a stack of their own: they outlive everything that is built from them. */
export class SourceStack extends Stack {
  public constructor(scope: Construct, id: string, plan: DeliveryPlan) {
    const { delivery: { name, source, infrastructure }, source: { repositories } } = plan;
    super(
      scope,
      id,
      stackProps(plan, id, repositories.length > 1 ? `Repositories of ${name}` : `Repository of ${name}`),
    );
    for (const { repository } of repositories) {
      const isModel = repository === source.repository;
      const both = isModel && infrastructure.source.repository === repository;
      const made = new codecommit.CfnRepository(this, isModel ? 'Repository' : 'InfrastructureRepository', {
        repositoryName: repository,
        repositoryDescription:
          `${both ? 'Model build and infrastructure' : isModel ? 'Model build' : 'Infrastructure'} of ${name}`,
      });
      made.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
  }
}
