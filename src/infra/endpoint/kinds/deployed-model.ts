import type { CfnOutputProps } from 'aws-cdk-lib/core';

/** What is deployed, as the parameters of an endpoint stack say. */
export interface DeployedModel {
  /** The package that the model is made from, or "none". */
  readonly servedArn: string;
  /** Number of the attempt. */
  readonly attempt: number;
}

/** Outputs of an endpoint stack, by their names. */
export interface EndpointOutputs {
  readonly [name: string]: CfnOutputProps;
}
