import type { Stack } from 'aws-cdk-lib/core';
import type { DeployedModel, EndpointOutputs } from './deployed-model';
import { tellShift } from '../../../options/knowledge/traffic-shift';
import type { PlannedEnvironment } from '../../../plan/endpoint/model';
import { environmentKey } from '../../../plan/endpoint/roles';
import { shiftOf } from '../../../plan/endpoint/shift';
import { fill } from '../../shared/fill';
import { SEALED } from '../../shared/sentinel';
import { ModelEndpoint } from '../model-endpoint';

/** An endpoint on instances of its own. */
export function buildRealtime(
  stack: Stack, environment: PlannedEnvironment, deployed: DeployedModel,
): EndpointOutputs {
  const { endpoint } = environment;
  const shift = shiftOf(environment);
  const served = new ModelEndpoint(stack, 'Endpoint', {
    modelPackageArn: deployed.servedArn,
    inferenceSpecificationName: SEALED,
    executionRoleArn: fill(stack, environment.roles.model.arn),
    endpointName: environment.endpointName,
    instanceType: endpoint.instanceType,
    instanceCount: endpoint.instanceCount,
    kmsKeyArn: fill(stack, environmentKey(environment)),
    dataCapturePercentage: endpoint.dataCapturePercentage,
    dataCaptureUri: fill(stack, `s3://${environment.captureBucket}/${environment.endpointName}`),
    network: environment.network,
    attempt: deployed.attempt,
    deployment: shift && endpoint.deployment,
  });
  return {
    // The smoke test compares this with what the endpoint says.
    EndpointConfigName: {
      value: served.endpointConfig.attrEndpointConfigName,
      description: 'The configuration that the endpoint was given',
      condition: served.hasModel,
    },
    EndpointName: {
      value: served.endpoint.attrEndpointName,
      description: 'Name to invoke',
      condition: served.hasModel,
    },
    ...(shift ? {
      Deployment: {
        value: tellShift(shift, endpoint.instanceCount),
        description: 'How the endpoint changes from one model to the next',
      },
    } : {}),
  };
}
