import type { Role } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { DeliveryGroupProps } from '../group-props';
import { makeKey } from '../private/own-key';
import { environmentOf, groupOf, planOf } from '../private/plan';
import { makeRole } from '../private/planned-role';
import { PrivateBucket } from '../private/private-bucket';

/** Which environment is prepared. */
export interface ModelDeployEnvironmentProps extends DeliveryGroupProps {
  /** Name of the deploy environment. */
  readonly environment: string;
}

/**
 * What an endpoint needs around it: key, bucket for captured data, and the four roles of an environment. It changes with the infrastructure, never
 * with a model.
 *
 * @throws OptionError when the delivery is wrong or has no such group or environment
 */
export class ModelDeployEnvironment extends Construct {
  /** Encrypts volumes and captured data. */
  public readonly key: kms.IKey;
  /** Captured requests and answers; kept for 400 days. */
  public readonly captureBucket: IBucket;
  /** Taken on by the deploy pipeline. */
  public readonly deployRole: Role;
  /** CloudFormation's role for the endpoint stack. */
  public readonly cloudFormationRole: Role;
  /** Taken on by checks and smoke tests. */
  public readonly verifyRole: Role;
  /** The running model's role. */
  public readonly modelRole: Role;

  public constructor(scope: Construct, id: string, props: ModelDeployEnvironmentProps) {
    super(scope, id);
    const plan = planOf(props.delivery);
    const environment = environmentOf(groupOf(plan, props.group), props.environment);
    const { kmsKeyArn } = environment.endpoint;
    this.key = kmsKeyArn
      ? kms.Key.fromKeyArn(this, 'Key', kmsKeyArn)
      : makeKey(this, 'Key', environment.keyAlias, `Endpoint ${environment.endpointName}`);
    this.captureBucket = new PrivateBucket(this, 'Capture', {
      name: environment.captureBucket, key: this.key, logBucketArn: plan.delivery.s3AccessLogsBucketArn, keep: 400, keepOldVersions: 30,
    }).bucket;
    const values = { key: this.key.keyArn };
    const { roles } = environment;
    this.deployRole = makeRole(this, 'DeployRole', roles.deploy, values);
    this.cloudFormationRole = makeRole(this, 'CloudFormationRole', roles.cloudFormation, values);
    this.verifyRole = makeRole(this, 'VerifyRole', roles.verify, values);
    this.modelRole = makeRole(this, 'ModelRole', roles.model, values);
  }
}
