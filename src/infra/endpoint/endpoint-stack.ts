import { CfnOutput, CfnParameter, Fn, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { EndpointSynthesizer, inAssembly } from './endpoint-synthesizer';
import { ModelEndpoint } from './model-endpoint';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { environmentKey } from '../../plan/endpoint/roles';
import { fill } from '../shared/fill';
import { NO_PACKAGE, SEALED } from '../shared/sentinel';

/** The ARN of a model package, or the word for none. */
const PACKAGE = `${NO_PACKAGE}|arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:model-package/.+`;

/**
 * The stack with one environment's endpoint. Only the deploy pipeline deploys it, with the parameters that it decided
 * on.
 */
export class EndpointStack extends Stack {
  public constructor(scope: Construct, id: string, environment: PlannedEnvironment) {
    super(scope, id, {
      stackName: environment.endpointStack,
      description: `Endpoint ${environment.endpointName}, deployed by the deploy pipeline alone`,
      env: environment.place,
      // CloudFormation actions publish no assets; the deploy pipeline's preparation does, with the environment's own
      // role.
      synthesizer: new EndpointSynthesizer({
        bucketName: inAssembly(environment.deploymentBucket, environment.place),
        publishRoleArn: inAssembly(environment.roles.publish.arn, environment.place),
      }),
    });
    const text = (name: string, description: string, pattern: string) => {
      const parameter = new CfnParameter(this, name, { type: 'String', description, allowedPattern: pattern });
      return parameter.valueAsString;
    };
    const packageArn = text(
      'ModelPackageArn',
      `The approved model package, or "${NO_PACKAGE}" while there is none`,
      PACKAGE,
    );
    const servedArn = text(
      'ServedModelPackageArn',
      'What the model is made from: the approved package, or its copy in this region',
      PACKAGE,
    );
    const startedAt = text(
      'StartedAt',
      'When the deploying execution was prepared (UTC)',
      '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z',
    );
    const execution = text('PipelineExecutionId', 'The deploying execution of the deploy pipeline', '[0-9A-Za-z-]+');
    const attempt = new CfnParameter(this, 'Attempt', {
      type: 'Number',
      minValue: 1,
      description: 'How often the same was tried; a new number makes a new endpoint configuration',
    });
    const { endpoint } = environment;
    const served = new ModelEndpoint(this, 'Endpoint', {
      modelPackageArn: servedArn,
      inferenceSpecificationName: SEALED,
      executionRoleArn: fill(this, environment.roles.model.arn),
      endpointName: environment.endpointName,
      instanceType: endpoint.instanceType,
      instanceCount: endpoint.instanceCount,
      kmsKeyArn: fill(this, environmentKey(environment)),
      dataCapturePercentage: endpoint.dataCapturePercentage,
      dataCaptureUri: fill(this, `s3://${environment.captureBucket}/${environment.endpointName}`),
      network: environment.network,
      attempt: attempt.valueAsNumber,
    });
    new CfnOutput(this, 'LiveModelPackage', { value: packageArn, description: 'What is deployed' });
    new CfnOutput(this, 'DeployedBy', {
      value: Fn.join(' ', [execution, startedAt]),
      description: 'Execution of the deploy pipeline, and when it was prepared',
    });
    // The smoke test compares this with what the endpoint says.
    new CfnOutput(this, 'EndpointConfigName', {
      value: served.endpointConfig.attrEndpointConfigName,
      description: 'The configuration that the endpoint was given',
      condition: served.hasModel,
    });
    new CfnOutput(this, 'EndpointName', {
      value: served.endpoint.attrEndpointName,
      description: 'Name to invoke',
      condition: served.hasModel,
    });
  }
}
