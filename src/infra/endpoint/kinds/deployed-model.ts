import type { CfnEndpoint, CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import type { CfnCondition, CfnOutputProps } from 'aws-cdk-lib/core';
import type { AutoscalingOptions } from '../../../options/autoscaling';

/** What is deployed, as the parameters of an endpoint stack say. */
export interface DeployedModel {
  /** The package that the model is made from, or "none". */
  readonly servedArn: string;
  /** Number of the attempt. */
  readonly attempt: number;
  /** Name of the endpoint: the environment's, or that of the release. */
  readonly endpointName: string;
}

/** Outputs of an endpoint stack, by their names. */
export interface EndpointOutputs {
  readonly [name: string]: CfnOutputProps;
}

/** An endpoint that was made. */
interface ServedEndpoint {
  readonly endpoint: CfnEndpoint;
  readonly endpointConfig: CfnEndpointConfig;
  readonly hasModel?: CfnCondition;
}

/** What every endpoint is known by. */
export function servedOutputs(
  { endpoint, endpointConfig, hasModel: condition }: ServedEndpoint, autoscaling?: AutoscalingOptions,
): EndpointOutputs {
  return {
    // A deployment refuses what a scaled endpoint cannot become.
    ...(autoscaling ? {
      Autoscaling: { value: tellScaling(autoscaling), description: 'How the endpoint is scaled', condition },
    } : {}),
    // The smoke test compares this with what the endpoint says.
    EndpointConfigName: {
      value: endpointConfig.attrEndpointConfigName,
      description: 'Configuration of the endpoint',
      condition,
    },
    EndpointName: { value: endpoint.attrEndpointName, description: 'Name of the endpoint', condition },
  };
}

function tellScaling({ minCapacity, maxCapacity, schedules = [] }: AutoscalingOptions): string {
  const limits = minCapacity === undefined ? `up to ${maxCapacity}` : `${minCapacity} to ${maxCapacity}`;
  return schedules.length === 0 ? limits : `${limits}; at times ${schedules.map(({ name }) => name).join(', ')}`;
}
