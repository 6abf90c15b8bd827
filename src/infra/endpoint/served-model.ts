import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { CfnCondition, CfnDeletionPolicy, type CfnResource, Fn, RemovalPolicy, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { NetworkOptions } from '../../options/network';
import { NO_PACKAGE } from '../shared/sentinel';

/** Name of an endpoint's only variant; fixed, so that the endpoint can be scaled and updated in place. */
export const VARIANT = 'AllTraffic';

/** A model, as every kind of endpoint has one. */
export interface ServedModelProps {
  readonly modelPackageArn: string;
  readonly inferenceSpecificationName?: string;
  readonly executionRoleArn: string;
  /** Whether its container has a network of its own. */
  readonly enableNetworkIsolation?: boolean;
  readonly network?: NetworkOptions;
}

/** True when the template's parameter names a package; none when the package is known now. */
export function hasPackage(scope: Construct, modelPackageArn: string): CfnCondition | undefined {
  return Token.isUnresolved(modelPackageArn) ? new CfnCondition(scope, 'HasModel', {
    expression: Fn.conditionNot(Fn.conditionEquals(modelPackageArn, NO_PACKAGE)),
  }) : undefined;
}

/** The model, made from the package. */
export function servedModel(scope: Construct, props: ServedModelProps): sagemaker.CfnModel {
  return new sagemaker.CfnModel(scope, 'Model', {
    executionRoleArn: props.executionRoleArn,
    primaryContainer: {
      modelPackageName: props.modelPackageArn,
      inferenceSpecificationName: props.inferenceSpecificationName,
    },
    enableNetworkIsolation: props.enableNetworkIsolation,
    vpcConfig: props.network && {
      subnets: props.network.subnetIds,
      securityGroupIds: props.network.securityGroupIds,
    },
  });
}

/**
 * What a kept endpoint runs on is kept with it, and so is what was replaced: CloudFormation would remove it before
 * anybody knows what the endpoint serves, and SageMaker can return to it without an error
 * (hashicorp/terraform-provider-aws, issues 46663 and 48997). After its proof a deployment removes what is older.
 */
export function keepServed(endpoint: CfnResource, servedFrom: readonly CfnResource[]): void {
  endpoint.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  servedFrom.forEach(keepReplaced);
}

/** Keeps what a resource was before, and the resource when its stack goes. */
export function keepReplaced(part: CfnResource): void {
  part.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  part.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
