import { CfnOutput, CfnParameter, Fn, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { EndpointSynthesizer, inAssembly } from './endpoint-synthesizer';
import { ENDPOINT_BUILDERS } from './kinds/builders';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { NO_PACKAGE } from '../shared/sentinel';

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
      description: `${environment.batch ? `Score pipeline ${environment.batch.pipelineName}`
        : `Endpoint ${environment.endpointName}`}, deployed only by the deploy pipeline`,
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
      'The package that the model is created from: the approved one, or its copy in this region',
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
      description: 'Number of the attempt; a new number creates a new endpoint configuration',
    });
    const outputs = ENDPOINT_BUILDERS[environment.endpoint.kind](this, environment, {
      servedArn, attempt: attempt.valueAsNumber,
    });
    new CfnOutput(this, 'LiveModelPackage', { value: packageArn, description: 'The deployed model package' });
    new CfnOutput(this, 'DeployedBy', {
      value: Fn.join(' ', [execution, startedAt]),
      description: 'The execution of the deploy pipeline that deployed this, and when it was prepared',
    });
    Object.entries(outputs).forEach(([name, output]) => new CfnOutput(this, name, output));
  }
}
