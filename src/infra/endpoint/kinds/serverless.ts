import type { Stack } from 'aws-cdk-lib/core';
import { type DeployedModel, type EndpointOutputs, servedOutputs } from './deployed-model';
import type { PlannedEnvironment } from '../../../plan/endpoint/model';
import { fill } from '../../shared/fill';
import { SEALED } from '../../shared/sentinel';
import { ServerlessEndpoint } from '../serverless-endpoint';

/** An endpoint without instances of its own. */
export function buildServerless(
  stack: Stack, { endpoint, roles }: PlannedEnvironment, deployed: DeployedModel,
): EndpointOutputs {
  return servedOutputs(new ServerlessEndpoint(stack, 'Endpoint', {
    modelPackageArn: deployed.servedArn,
    inferenceSpecificationName: SEALED,
    executionRoleArn: fill(stack, roles.model.arn),
    endpointName: deployed.endpointName,
    serverless: endpoint.serverless,
    autoscaling: endpoint.autoscaling,
    attempt: deployed.attempt,
  }), endpoint.autoscaling);
}
