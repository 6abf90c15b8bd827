import type { Stack } from 'aws-cdk-lib/core';
import type { DeployedModel, EndpointOutputs } from './deployed-model';
import { onInstances, outputsOf } from './on-instances';
import type { PlannedEnvironment } from '../../../plan/endpoint/model';
import { fill } from '../../shared/fill';
import { ModelEndpoint } from '../model-endpoint';

/** An endpoint on instances of its own. */
export function buildRealtime(
  stack: Stack, environment: PlannedEnvironment, deployed: DeployedModel,
): EndpointOutputs {
  const { endpoint } = environment;
  return outputsOf(environment, new ModelEndpoint(stack, 'Endpoint', {
    ...onInstances(stack, environment, deployed),
    dataCapturePercentage: endpoint.dataCapturePercentage,
    dataCaptureUri: fill(stack, `s3://${environment.captureBucket}/${environment.endpointName}`),
  }));
}
