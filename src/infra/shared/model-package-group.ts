import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Whether a group is there already, and whether it is kept. */
export interface GroupKeeping {
  readonly existingModelPackageGroup?: boolean;
  readonly retain: boolean;
}

/**
 * A model package group, unless it is there already: CloudFormation identifies one by its ARN, which only the service
 * can give it, so it cannot import one that a deleted stack has left behind.
 */
export function makeModelPackageGroup(
  scope: Construct, id: string, props: sagemaker.CfnModelPackageGroupProps,
  { existingModelPackageGroup, retain }: GroupKeeping,
): sagemaker.CfnModelPackageGroup | undefined {
  if (existingModelPackageGroup) { return undefined; }
  const group = new sagemaker.CfnModelPackageGroup(scope, id, props);
  // A group with versions cannot be deleted, so a stack that tried to would never go away.
  group.applyRemovalPolicy(retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY);
  return group;
}
