import { type Stack, Tags } from 'aws-cdk-lib/core';
import type { DeployedModel, EndpointOutputs } from './deployed-model';
import { arn } from '../../../plan/arn';
import { inputOf, outputOf, uriOf } from '../../../plan/endpoint/batch/model';
import type { PlannedEnvironment } from '../../../plan/endpoint/model';
import { ENVIRONMENT_TAG } from '../../../plan/endpoint/own-tagged';
import { environmentKey } from '../../../plan/endpoint/roles';
import { fill } from '../../shared/fill';
import { SEALED } from '../../shared/sentinel';
import { BatchScoring } from '../batch-scoring';

/** No endpoint, but a pipeline that scores data in batches. */
export function buildBatch(stack: Stack, environment: PlannedEnvironment, deployed: DeployedModel): EndpointOutputs {
  const { endpoint, roles, place } = environment;
  const batch = environment.batch!;
  const { settings } = batch;
  const scoring = new BatchScoring(stack, 'Score', {
    modelPackageArn: deployed.servedArn,
    inferenceSpecificationName: SEALED,
    executionRoleArn: fill(stack, roles.model.arn),
    pipelineName: batch.pipelineName,
    pipelineRoleArn: fill(stack, roles.score!.arn),
    instanceType: endpoint.instanceType,
    instanceCount: endpoint.instanceCount,
    kmsKeyArn: fill(stack, environmentKey(environment)),
    inputUri: fill(stack, uriOf(inputOf(batch))),
    outputUri: fill(stack, uriOf(outputOf(batch))),
    transform: {
      contentType: settings.contentType,
      accept: settings.accept,
      split: settings.split,
      strategy: settings.strategy,
      maxPayloadMegabytes: settings.maxPayloadMegabytes,
      maxConcurrentRequests: settings.maxConcurrentRequests,
      timeoutSeconds: settings.timeoutSeconds,
      maxRetries: settings.maxRetries,
      inputFilter: settings.inputFilter,
      outputFilter: settings.outputFilter,
      joinInput: settings.joinInput,
    },
    schedule: settings.schedule === undefined || !roles.schedule ? undefined : {
      name: batch.schedule, expression: settings.schedule, timeZone: settings.timeZone,
      roleArn: fill(stack, roles.schedule.arn),
    },
    arrival: roles.arrival && { ruleName: batch.arrivalRule, roleArn: fill(stack, roles.arrival.arn) },
    deadLetterQueueArn: fill(stack, arn(place, 'sqs', batch.undelivered)),
    attempt: deployed.attempt,
    network: environment.network,
  });
  Tags.of(scoring).add(ENVIRONMENT_TAG, environment.endpointName);
  return {
    // The smoke test compares this with what the pipeline says.
    ModelName: {
      value: scoring.model.attrModelName, description: 'The model that the pipeline was given',
      condition: scoring.hasModel,
    },
    PipelineName: { value: scoring.pipeline.ref, description: 'Pipeline to start', condition: scoring.hasModel },
    InputUri: { value: fill(stack, uriOf(inputOf(batch))), description: 'Where the data to score is' },
    OutputUri: { value: fill(stack, uriOf(outputOf(batch))), description: 'Where predictions are written' },
  };
}
