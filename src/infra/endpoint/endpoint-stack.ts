import { CfnOutput, CfnParameter, Fn, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { EndpointSynthesizer, inAssembly } from './endpoint-synthesizer';
import { ENDPOINT_BUILDERS } from './kinds/builders';
import type { EndpointOutputs } from './kinds/deployed-model';
import { keepRelease } from './released-endpoint';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { isPerRelease, RELEASE_CHARACTERS, RELEASE_SUFFIX } from '../../plan/endpoint/served-names';
import { releaseHandler } from '../api/release-handler';
import { NO_PACKAGE } from '../shared/sentinel';

/** Of which delivery and group an environment is. */
export interface EndpointOwner {
  readonly project: string;
  readonly group: string;
}

/** What an API's deployment has in addition. */
interface ApiParameters {
  readonly contract: string;
  /** The release, where each has an endpoint of its own. */
  readonly release?: string;
}

/** The ARN of a model package, or the word for none. */
const PACKAGE = `${NO_PACKAGE}|arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:model-package/.+`;

/**
 * The stack with one environment's endpoint. Only the deploy pipeline deploys it, with the parameters that it decided
 * on.
 */
export class EndpointStack extends Stack {
  public constructor(scope: Construct, id: string, environment: PlannedEnvironment, owner: EndpointOwner) {
    super(scope, id, {
      stackName: environment.endpointStack,
      description: `${environment.batch ? `Score pipeline ${environment.batch.pipelineName}`
        : `Endpoint ${environment.endpointName}`}, deployed only by the deploy ${
        environment.hostEnvironment === undefined ? 'pipeline' : 'workflow'}`,
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
    const api = environment.api && this.apiParameters(environment, text);
    const suffix = api?.release === undefined ? '' : `${RELEASE_SUFFIX}${api.release}`;
    const served = ENDPOINT_BUILDERS[environment.endpoint.kind](this, environment, {
      servedArn, attempt: attempt.valueAsNumber, endpointName: `${environment.endpointName}${suffix}`,
    });
    if (isPerRelease(environment)) { keepRelease(this, environment, suffix); }
    const outputs: EndpointOutputs = {
      ...served,
      ...(environment.api && api ? releaseHandler(this, 'Api', { ...owner, environment, api: environment.api }, {
        endpointName: served.EndpointName.value, condition: served.EndpointName.condition, packageArn, servedArn,
        contract: api.contract, release: api.release ?? NO_PACKAGE, attempt: Fn.ref(attempt.logicalId),
      }) : {}),
    };
    new CfnOutput(this, 'LiveModelPackage', { value: packageArn, description: 'The deployed model package' });
    new CfnOutput(this, 'DeployedBy', {
      value: Fn.join(' ', [execution, startedAt]),
      description: 'The execution of the deploy pipeline that deployed this, and when it was prepared',
    });
    // Some have the name of a parameter.
    const told = new Construct(this, 'Outputs');
    Object.entries(outputs).forEach(([name, output]) => new CfnOutput(told, name, output).overrideLogicalId(name));
  }

  private apiParameters(
    environment: PlannedEnvironment, text: (name: string, description: string, pattern: string) => string,
  ): ApiParameters {
    return {
      contract: text(
        'Contract', `SHA-256 of the package's contract, or "${NO_PACKAGE}" where it has none`,
        `${NO_PACKAGE}|[0-9a-f]{64}`,
      ),
      release: isPerRelease(environment) ? text(
        'Release', `The release, which the endpoint is named after, or "${NO_PACKAGE}" while there is no package`,
        `${NO_PACKAGE}|[a-z0-9]{${RELEASE_CHARACTERS}}`,
      ) : undefined,
    };
  }
}
