import type { Stack } from 'aws-cdk-lib/core';
import type { DeployedModel, EndpointOutputs } from './deployed-model';
import { servedOutputs } from './deployed-model';
import { fleetOf } from '../../../options/knowledge/endpoint-shape';
import { tellShift } from '../../../options/knowledge/traffic-shift';
import type { PlannedEnvironment } from '../../../plan/endpoint/model';
import { environmentKey } from '../../../plan/endpoint/roles';
import { shiftOf } from '../../../plan/endpoint/shift';
import { fill } from '../../shared/fill';
import { SEALED } from '../../shared/sentinel';
import type { ModelEndpoint, ModelEndpointProps } from '../model-endpoint';

/** What realtime and asynchronous endpoints have in common. */
export function onInstances(
  stack: Stack, environment: PlannedEnvironment, deployed: DeployedModel,
): ModelEndpointProps {
  const { endpoint } = environment;
  return {
    modelPackageArn: deployed.servedArn,
    inferenceSpecificationName: SEALED,
    executionRoleArn: fill(stack, environment.roles.model.arn),
    endpointName: deployed.endpointName,
    instanceType: endpoint.instanceType,
    instanceCount: endpoint.instanceCount,
    kmsKeyArn: fill(stack, environmentKey(environment)),
    network: environment.network,
    attempt: deployed.attempt,
    deployment: shiftOf(environment) && endpoint.deployment,
    autoscaling: endpoint.autoscaling,
  };
}

/** The outputs of an endpoint on instances. */
export function outputsOf(environment: PlannedEnvironment, served: ModelEndpoint): EndpointOutputs {
  const shift = shiftOf(environment);
  return {
    ...servedOutputs(served, environment.endpoint.autoscaling),
    ...(shift ? {
      Deployment: {
        value: tellShift(shift, fleetOf(environment.endpoint)),
        description: 'How traffic moves to a new model',
      },
    } : {}),
  };
}
