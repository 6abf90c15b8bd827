import { createHash } from 'node:crypto';
import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { type CfnCondition, type CfnResource, Fn, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acceptHandler } from './handler-findings';
import { versionAlarms } from './version-alarms';
import { LIVE } from '../../plan/api/model';
import type { ApiSettings } from '../../plan/api/settings';
import { functionLog } from '../../plan/logs';
import { keepReplaced } from '../endpoint/served-model';

/** What a version of the handler is for; values that differ from one deployment to the next. */
export interface HandlerRelease {
  /** Name of the endpoint that it asks. */
  readonly endpointName: string;
  /** The approved package. */
  readonly packageArn: string;
  /** The package that the model is made from. */
  readonly servedArn: string;
  /** SHA-256 of the contract, or "none". */
  readonly contract: string;
  /** The release, or "none". */
  readonly release: string;
  /** Number of the attempt. */
  readonly attempt: string;
  /**
   * What tells one version from another at the deployment, with blanks between them at most 239 characters; what is
   * known earlier is told by the code, the settings and the variables.
   */
  readonly identity: readonly string[];
  /** Whether there is a model at all. */
  readonly condition?: CfnCondition;
}

/** The handler, whatever it is for. */
export interface ReleasedHandlerProps {
  readonly functionName: string;
  readonly description: string;
  readonly settings: ApiSettings;
  readonly code: Asset;
  readonly roleArn: string;
  /** Variables that are the same for each release. */
  readonly variables: { readonly [name: string]: string };
  /** What the alarms' names begin with. */
  readonly alarmPrefix: string;
  readonly metricNamespace: string;
}

/** Characters that tell one state of the code and of the settings from another. */
const REVISION = 16;

/**
 * The handler of one release: the function, and the version of it that the API moves to. It is bound to package,
 * contract and endpoint by its variables, which a version keeps for ever.
 *
 * A version is replaced when its description changes, and by nothing else that is in the template (schema of
 * `AWS::Lambda::Version`: its properties are create-only). Everything in the description is in a variable, too: Lambda
 * publishes nothing for a function that did not change, and CloudFormation would fail (aws/aws-cdk issue 28252). Older
 * versions stay for the way back; what removes endpoints removes them.
 */
export class ReleasedHandler extends Construct {
  public readonly handler: lambda.CfnFunction;
  public readonly version: lambda.CfnVersion;
  public readonly alarms: CfnAlarm[];

  public constructor(scope: Construct, id: string, props: ReleasedHandlerProps, release: HandlerRelease) {
    super(scope, id);
    const { functionName, settings } = props;
    const stable = stableProps(props);
    const variables = { ...props.variables, ...tracing(settings.tracingLayerArn) };
    const revision = hash(Stack.of(this).resolve({ stable, variables }));
    this.handler = new lambda.CfnFunction(this, 'Handler', {
      ...stable,
      functionName,
      environment: {
        variables: {
          ...variables,
          ENDPOINT_NAME: release.endpointName, PACKAGE: release.packageArn, SERVED_PACKAGE: release.servedArn,
          CONTRACT: release.contract, RELEASE: release.release, ATTEMPT: release.attempt, REVISION: revision,
        },
      },
      // Belongs to the function, not to a version.
      reservedConcurrentExecutions: settings.reservedConcurrency,
    });
    acceptHandler(this.handler, settings.reservedConcurrency);
    this.version = new lambda.CfnVersion(this, 'Version', {
      functionName: this.handler.ref,
      // At most 256 characters.
      description: Fn.join(' ', [...release.identity, revision]),
    });
    keepReplaced(this.version);
    this.alarms = versionAlarms(this, {
      prefix: props.alarmPrefix, namespace: props.metricNamespace, functionName, alias: LIVE,
      version: this.version.attrVersion, ...settings.alarms,
    });
    for (const resource of [this.handler, this.version, ...this.alarms] as CfnResource[]) {
      resource.cfnOptions.condition = release.condition;
    }
  }
}

type StableProps = Omit<lambda.CfnFunctionProps, 'environment' | 'functionName' | 'reservedConcurrentExecutions'>;

/** What does not depend on what is deployed. */
function stableProps({ functionName, description, settings, code, roleArn }: ReleasedHandlerProps): StableProps {
  return {
    description,
    runtime: lambda.Runtime.PYTHON_3_14.name,
    architectures: ['arm64'],
    handler: 'handler.answer',
    code: { s3Bucket: code.s3BucketName, s3Key: code.s3ObjectKey },
    role: roleArn,
    memorySize: settings.memorySizeInMB,
    // The handler answers before that and may then hand predictions over; this ends what hangs.
    timeout: settings.timeoutSeconds + SPARE_SECONDS,
    layers: settings.tracingLayerArn === undefined ? undefined : [settings.tracingLayerArn],
    loggingConfig: { logGroup: functionLog(functionName), logFormat: 'JSON' },
    tracingConfig: { mode: 'PassThrough' },
  };
}

/** More than what `tools/api/handler.py` takes after a response. */
const SPARE_SECONDS = 5;

/** Starts the layer (AWS Distro for OpenTelemetry guide, "Lambda", "Enable auto-instrumentation"). */
function tracing(layer: string | undefined): { readonly [name: string]: string } {
  return layer === undefined ? {} : { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-instrument' };
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, REVISION);
}
