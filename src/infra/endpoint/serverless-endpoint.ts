import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { type CfnCondition, type CfnResource, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { checkServerlessEndpoint } from './check-endpoint';
import { endpointScaling } from './endpoint-scaling';
import type { ServedEndpointProps } from './served-endpoint-props';
import { hasPackage, keepServed, servedModel, VARIANT } from './served-model';
import type { AutoscalingOptions } from '../../options/autoscaling';
import { EndpointKind } from '../../options/endpoint';
import { filled } from '../../options/schemas/filled';
import type { ServerlessOptions } from '../../options/serverless';
import { ENVIRONMENT_TAG } from '../../plan/endpoint/own-tagged';
import { accept } from '../shared/suppress';

/** The model, and how it is served. */
export interface ServerlessEndpointProps extends ServedEndpointProps {
  /**
   * Memory and concurrency.
   *
   * @default {}
   */
  readonly serverless?: ServerlessOptions;

  /**
   * How the provisioned concurrency is scaled. Each deployment starts with `serverless.provisionedConcurrency` again.
   *
   * @default - it is not
   */
  readonly autoscaling?: AutoscalingOptions;
}

/**
 * A serverless endpoint for one model package: no instances, no VPC, no data capture, no alarms that end a deployment.
 *
 * Model and endpoint configuration are replaced at each deployment and kept until somebody has seen that the endpoint
 * serves the new ones; the endpoint is updated in place and kept when its stack is deleted.
 *
 * @throws OptionError when a property is wrong, naming each that is
 */
export class ServerlessEndpoint extends Construct {
  /** The model, made from the package. */
  public readonly model: sagemaker.CfnModel;
  /** The endpoint configuration. */
  public readonly endpointConfig: sagemaker.CfnEndpointConfig;
  /** The endpoint. */
  public readonly endpoint: sagemaker.CfnEndpoint;
  /** True when the template's parameter names a package; undefined when the package is no parameter. */
  public readonly hasModel?: CfnCondition;

  public constructor(scope: Construct, id: string, props: ServerlessEndpointProps) {
    super(scope, id);
    checkServerlessEndpoint(props);
    this.hasModel = hasPackage(this, props.modelPackageArn);
    // Network isolation is not supported (SageMaker developer guide, "Serverless Inference", "Feature exclusions").
    this.model = servedModel(this, props);
    accept(this.model, {
      rule: 'CKV_AWS_370',
      reason: 'SageMaker does not support network isolation for serverless inference.',
    });
    const { memorySizeInMB, maxConcurrency, provisionedConcurrency } = filled(
      'ServerlessOptions', props.serverless ?? {},
    );
    this.endpointConfig = new sagemaker.CfnEndpointConfig(this, 'EndpointConfig', {
      productionVariants: [{
        variantName: VARIANT,
        modelName: this.model.attrModelName,
        serverlessConfig: { memorySizeInMb: memorySizeInMB, maxConcurrency, provisionedConcurrency },
        // Any weight means all requests where there is one variant (SageMaker API reference, ProductionVariant).
        initialVariantWeight: props.attempt ?? 1,
      }],
    });
    accept(this.endpointConfig, {
      rule: 'NIST.800.53.R5-SageMakerEndpointConfigurationKMSKeyConfigured',
      reason: 'The key of a configuration is for the volumes of instances, and a serverless endpoint has none.',
    });
    this.endpoint = new sagemaker.CfnEndpoint(this, 'Endpoint', {
      endpointName: props.endpointName,
      endpointConfigName: this.endpointConfig.attrEndpointConfigName,
    });
    keepServed(this.endpoint, [this.model, this.endpointConfig]);
    const scaling = props.autoscaling ? endpointScaling(this, {
      endpoint: this.endpoint, endpointName: props.endpointName, kind: EndpointKind.SERVERLESS,
      initialCapacity: provisionedConcurrency ?? 1,
    }, props.autoscaling) : [];
    for (const resource of [
      this.model, this.endpointConfig, this.endpoint, ...scaling,
    ] as CfnResource[]) { resource.cfnOptions.condition = this.hasModel; }
    Tags.of(this).add(ENVIRONMENT_TAG, props.endpointName);
  }
}
