import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { PlannedBuild } from '../../delivery/plan';
import { modelPackageGroupArn, modelPackagesArn } from '../../delivery/plan-group';
import type { DeliveryGroupProps } from '../group-props';
import { fill } from '../private/fill';
import { makeKey } from '../private/own-key';
import { groupOf, planOf } from '../private/plan';
import { makeRole } from '../private/planned-role';
import { PrivateBucket } from '../private/private-bucket';

/**
 * Where a deployment group builds and registers its model: key, artifact bucket, model package group and roles.
 *
 * Data, key and registry are kept when the stack is deleted.
 *
 * @throws OptionError when the delivery is wrong or has no such group
 */
export class ModelBuildEnvironment extends Construct {
  /** Encrypts everything that is built; rotates each year. */
  public readonly key: Key;
  /** Code, data and models. */
  public readonly artifactBucket: IBucket;
  /** Access logs of the artifact bucket. */
  public readonly logBucket: IBucket;
  /** The registry of this group's models. */
  public readonly modelPackageGroup: sagemaker.CfnModelPackageGroup;
  /** Taken on by the build project of the build pipeline. */
  public readonly buildRole: Role;
  /** The SageMaker pipeline's own role; it starts jobs and registers models. */
  public readonly pipelineRole: Role;
  /** Role of processing jobs. */
  public readonly processingRole: Role;
  /** Role of training jobs. */
  public readonly trainingRole: Role;

  public constructor(scope: Construct, id: string, props: DeliveryGroupProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const { build, name, roles } = groupOf(plan, props.group);
    this.key = makeKey(this, 'Key', build.keyAlias, `Models of ${plan.delivery.name}, group ${name}`);
    const artifacts = new PrivateBucket(this, 'Artifacts', { name: build.artifactBucket, key: this.key, logBucketArn: plan.delivery.s3AccessLogsBucketArn });
    this.artifactBucket = artifacts.bucket;
    this.logBucket = artifacts.logs;
    this.modelPackageGroup = new sagemaker.CfnModelPackageGroup(this, 'ModelPackageGroup', {
      modelPackageGroupName: build.modelPackageGroup,
      modelPackageGroupDescription: `Models of ${plan.delivery.name}, group ${name}`,
      modelPackageGroupPolicy: this.readersPolicy(build),
    });
    // A group with versions cannot be deleted, so a stack that tried to would never go away.
    this.modelPackageGroup.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    const values = { key: this.key.keyArn };
    this.buildRole = makeRole(this, 'BuildRole', roles.build, values);
    this.pipelineRole = makeRole(this, 'PipelineRole', roles.pipeline, values);
    this.processingRole = makeRole(this, 'ProcessingRole', roles.processing, values);
    this.trainingRole = makeRole(this, 'TrainingRole', roles.training, values);
  }

  /** The other accounts that deploy this group's models may look at them; there is no policy when there are none. */
  private readersPolicy(build: PlannedBuild): object | undefined {
    if (build.readerAccounts.length === 0) { return undefined; }
    const principal = { AWS: build.readerAccounts.map(account => fill(this, `arn:{partition}:iam::${account}:root`)) };
    const group = fill(this, modelPackageGroupArn(build));
    return {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Group', Effect: 'Allow', Principal: principal, Action: ['sagemaker:DescribeModelPackageGroup'], Resource: group },
        {
          Sid: 'Packages',
          Effect: 'Allow',
          Principal: principal,
          Action: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
          Resource: fill(this, modelPackagesArn(build)),
        },
      ],
    };
  }
}
