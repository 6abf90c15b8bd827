import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { type CfnCondition, type CfnResource, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { checkEndpoint } from './check-endpoint';
import { deploymentConfig } from './deployment-config';
import { endpointScaling } from './endpoint-scaling';
import { hasLocalStorage } from './local-storage';
import { rollbackAlarms } from './rollback-alarms';
import type { ServedEndpointProps } from './served-endpoint-props';
import { hasPackage, keepServed, servedModel, VARIANT } from './served-model';
import type { AsynchronousOptions } from '../../options/asynchronous';
import type { AutoscalingOptions } from '../../options/autoscaling';
import type { EndpointDeploymentOptions } from '../../options/deployment';
import { EndpointKind } from '../../options/endpoint';
import { fleetOf } from '../../options/knowledge/endpoint-shape';
import { smallestCapacity } from '../../options/knowledge/scaling-limits';
import { isWatched, trafficShift } from '../../options/knowledge/traffic-shift';
import type { NetworkOptions } from '../../options/network';
import { ENVIRONMENT_TAG } from '../../plan/endpoint/own-tagged';

/** The model, and how it is served. */
export interface ModelEndpointProps extends ServedEndpointProps {
  /** Instance type, for example `ml.m5.large`. */
  readonly instanceType: string;
  /** Number of instances, at least 1. */
  readonly instanceCount: number;
  /** ARN of the KMS key, or of an alias of it, for volumes and captured data. */
  readonly kmsKeyArn: string;

  /**
   * Share of the requests that is captured, in percent.
   *
   * @default 0
   */
  readonly dataCapturePercentage?: number;

  /**
   * Where captured data goes, for example `s3://bucket/prefix`.
   *
   * @default - none; required when data is captured
   */
  readonly dataCaptureUri?: string;

  /**
   * How traffic moves to a new model: in which parts, how long the old instances stay, and which alarms restore them.
   * The model's role needs `cloudwatch:DescribeAlarms` on the alarms, whose names begin with the endpoint's name and a
   * slash, and on your own alarms.
   *
   * @default - all at once, without alarms
   */
  readonly deployment?: EndpointDeploymentOptions;

  /**
   * VPC that the model runs in.
   *
   * @default - SageMaker's own network
   */
  readonly network?: NetworkOptions;

  /**
   * Makes an asynchronous endpoint: it queues requests that are in S3, and writes answers to S3. An endpoint that
   * exists cannot change between the two. The role that the model runs with reads requests, writes answers, and needs
   * `sns:Publish` on the topics.
   *
   * @default - a real-time endpoint
   */
  readonly asynchronous?: AsynchronousOptions;

  /**
   * Where an asynchronous endpoint writes, for example `s3://bucket/prefix`: answers go below `output/`, what a failed
   * request came to below `failure/`.
   *
   * @default - none; required for an asynchronous endpoint
   */
  readonly asynchronousUri?: string;

  /**
   * How the endpoint is scaled. A change of the model keeps the number of instances that the scaling has come to. An
   * instance type cannot change while an endpoint is scaled: take the scaling away first, and change the type with the
   * scaling in a second deployment.
   *
   * @default - a fixed number of instances
   */
  readonly autoscaling?: AutoscalingOptions;
}

/**
 * A real-time or asynchronous endpoint for one model package, on instances of its own.
 *
 * Model and endpoint configuration have no names of their own and are replaced at each deployment. The replaced ones
 * stay, because the endpoint may return to them until it has been proven to serve the new ones. The endpoint is updated
 * in place and, with what it runs on, retained when its stack is deleted.
 *
 * @throws OptionError when a property is invalid, naming each of them
 */
export class ModelEndpoint extends Construct {
  /** The model, made from the package. */
  public readonly model: sagemaker.CfnModel;
  /** The endpoint configuration. */
  public readonly endpointConfig: sagemaker.CfnEndpointConfig;
  /** The endpoint. */
  public readonly endpoint: sagemaker.CfnEndpoint;
  /** Alarms that restore the previous model during a deployment. */
  public readonly rollbackAlarms: cloudwatch.CfnAlarm[];
  /** True when the template's parameter names a package; undefined when the package is not a parameter. */
  public readonly hasModel?: CfnCondition;

  public constructor(scope: Construct, id: string, props: ModelEndpointProps) {
    super(scope, id);
    checkEndpoint(props);
    // A package that is known now needs no question at deployment.
    this.hasModel = hasPackage(this, props.modelPackageArn);
    // A model package brings its code with it, so the container needs no network of its own.
    this.model = servedModel(this, { ...props, enableNetworkIsolation: true });
    this.endpointConfig = new sagemaker.CfnEndpointConfig(this, 'EndpointConfig', {
      productionVariants: [{
        variantName: VARIANT,
        modelName: this.model.attrModelName,
        instanceType: props.instanceType,
        initialInstanceCount: props.instanceCount,
        // Any weight means all requests where there is one variant (SageMaker API reference, ProductionVariant).
        initialVariantWeight: props.attempt ?? 1,
      }],
      kmsKeyId: hasLocalStorage(props.instanceType) ? undefined : props.kmsKeyArn,
      dataCaptureConfig: this.dataCapture(props),
      asyncInferenceConfig: asyncInference(props),
    });
    const kind = props.asynchronous ? EndpointKind.ASYNCHRONOUS : EndpointKind.REALTIME;
    const shift = props.deployment && trafficShift(props.deployment, fleetOf({ ...props, kind }));
    this.rollbackAlarms = shift && isWatched(shift) ? rollbackAlarms(this, {
      endpointName: props.endpointName, variantName: VARIANT,
      endpointConfigName: this.endpointConfig.attrEndpointConfigName, kind,
    }, kind === EndpointKind.ASYNCHRONOUS ? {
      // An answer may take up to an hour: its time is watched where somebody says what is too long.
      ...shift.alarms, p99LatencyMilliseconds: props.deployment?.alarms?.p99LatencyMilliseconds, isProbed: false,
    } : { ...shift.alarms, isProbed: shift.isProbed }) : [];
    this.endpoint = new sagemaker.CfnEndpoint(this, 'Endpoint', {
      endpointName: props.endpointName,
      endpointConfigName: this.endpointConfig.attrEndpointConfigName,
      // By reference, so that the alarms are there before the endpoint changes.
      deploymentConfig: shift && isWatched(shift) ? deploymentConfig(shift, [
        ...this.rollbackAlarms.map(alarm => alarm.ref), ...shift.alarms.ownAlarmNames,
      ]) : undefined,
      ...(props.autoscaling ? keepCapacity(
        smallestCapacity(props.autoscaling, props.instanceCount) === 0,
      ) : {}),
    });
    keepServed(this.endpoint, [this.model, this.endpointConfig]);
    const scaling = props.autoscaling ? endpointScaling(this, {
      endpoint: this.endpoint, endpointName: props.endpointName, kind, initialCapacity: props.instanceCount,
    }, props.autoscaling) : [];
    for (const resource of [
      this.model,
      this.endpointConfig,
      this.endpoint,
      ...this.rollbackAlarms,
      ...scaling,
    ] as CfnResource[]) { resource.cfnOptions.condition = this.hasModel; }
    Tags.of(this).add(ENVIRONMENT_TAG, props.endpointName);
  }

  private dataCapture(props: ModelEndpointProps): sagemaker.CfnEndpointConfig.DataCaptureConfigProperty | undefined {
    const percentage = props.dataCapturePercentage ?? 0;
    if (percentage === 0 || !props.dataCaptureUri) { return undefined; }
    return {
      enableCapture: true,
      initialSamplingPercentage: percentage,
      destinationS3Uri: props.dataCaptureUri,
      kmsKeyId: props.kmsKeyArn,
      captureOptions: [{ captureMode: 'Input' }, { captureMode: 'Output' }],
      captureContentTypeHeader: { csvContentTypes: ['text/csv'], jsonContentTypes: ['application/json'] },
    };
  }
}

/**
 * An update would set an endpoint back to the number of instances of its configuration. What is captured follows the
 * new configuration: kept with the rest, a changed option would be ignored (SageMaker API reference, UpdateEndpoint,
 * RetainAllVariantProperties and VariantProperty). Where there may be no instance at all, an update starts those of the
 * configuration: with none nobody would see whether the new model starts.
 */
function keepCapacity(startsAnew: boolean): Partial<sagemaker.CfnEndpointProps> {
  return {
    retainAllVariantProperties: true,
    excludeRetainedVariantProperties: [
      'DataCaptureConfig', ...(startsAnew ? ['DesiredInstanceCount'] : []),
    ].map(variantPropertyType => ({ variantPropertyType })),
  };
}

function asyncInference(
  { asynchronous, asynchronousUri, kmsKeyArn }: ModelEndpointProps,
): sagemaker.CfnEndpointConfig.AsyncInferenceConfigProperty | undefined {
  if (!asynchronous || !asynchronousUri) { return undefined; }
  const {
    maxConcurrentInvocationsPerInstance, successTopicArn: successTopic, errorTopicArn: errorTopic,
  } = asynchronous;
  return {
    clientConfig: maxConcurrentInvocationsPerInstance === undefined
      ? undefined
      : { maxConcurrentInvocationsPerInstance },
    outputConfig: {
      kmsKeyId: kmsKeyArn,
      s3OutputPath: `${asynchronousUri}/output`,
      s3FailurePath: `${asynchronousUri}/failure`,
      notificationConfig: successTopic || errorTopic ? { successTopic, errorTopic } : undefined,
    },
  };
}
