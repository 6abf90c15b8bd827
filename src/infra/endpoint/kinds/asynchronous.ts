import type { Stack } from 'aws-cdk-lib/core';
import type { DeployedModel, EndpointOutputs } from './deployed-model';
import { onInstances, outputsOf } from './on-instances';
import { asynchronousUri } from '../../../plan/endpoint/kinds/asynchronous';
import type { PlannedEnvironment } from '../../../plan/endpoint/model';
import { fill } from '../../shared/fill';
import { ModelEndpoint } from '../model-endpoint';

/** An endpoint on instances of its own that takes its requests from S3. */
export function buildAsynchronous(
  stack: Stack, environment: PlannedEnvironment, deployed: DeployedModel,
): EndpointOutputs {
  const uri = fill(stack, asynchronousUri(environment));
  return {
    ...outputsOf(environment, new ModelEndpoint(stack, 'Endpoint', {
      ...onInstances(stack, environment, deployed),
      asynchronous: environment.endpoint.asynchronous ?? {},
      asynchronousUri: uri,
    })),
    AsynchronousInput: { value: `${uri}/input/`, description: 'Where requests are put before they are invoked' },
    AsynchronousOutput: { value: `${uri}/output/`, description: 'Where answers are written' },
  };
}
