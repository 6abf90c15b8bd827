import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { binaryTypes, makeFront } from './api-front';
import { checkModelApi } from './check-model-api';
import { type AloneContract, contractOf } from './contract-file';
import { handlerFiles } from './handler-files';
import { handlerSettings } from './handler-settings';
import { HOOK_FILES } from './hook-files';
import { acceptHook, HOOK_SECONDS } from './hook-function';
import type { ModelApiProps } from './model-api-props';
import { type AloneNames, AloneRoles } from './model-api-roles';
import { PredictionStream } from './prediction-stream';
import { ReleasedHandler } from './released-handler';
import { ApiShiftStrategy } from '../../options/api-shift';
import { EnvironmentType } from '../../options/deployment-group';
import { EndpointKind } from '../../options/endpoint';
import type { ApiShift } from '../../options/knowledge/api-shift-steps';
import { LIVE } from '../../plan/api/model';
import { type ApiSettings, apiSettings } from '../../plan/api/settings';
import { metricNamespace } from '../../plan/endpoint/shift';
import { apiLog, functionLog, streamLog } from '../../plan/logs';
import { encryptedLog } from '../shared/encrypted-log';
import { NO_PACKAGE } from '../shared/sentinel';
import { makeFunction } from '../shared/tool-function';
import { toolsAsset } from '../shared/tools-asset';

/**
 * An HTTPS address in front of a SageMaker endpoint, in any stack: API Gateway, a handler that checks requests and asks
 * the endpoint, and CodeDeploy, which moves the address to a new version of the handler when CloudFormation updates the
 * stack. New versions must answer golden rows, or the request of the smoke test, before requests move and after; alarms
 * of one minute return to the version before.
 *
 * In a delivery use the option `endpoint.api` instead: there the deploy pipeline moves the API, apart from
 * CloudFormation, so that no update of a stack can take back a return.
 *
 * @throws OptionError when a property is invalid, naming each of them
 */
export class ModelApi extends Construct {
  /** Where the API is called, without a slash at the end. */
  public readonly address: string;
  /** ID of the API in API Gateway. */
  public readonly apiId: string;
  /** Answers requests; its versions are bound to an endpoint and a package. */
  public readonly handler: lambda.CfnFunction;
  /** What the API calls. */
  public readonly live: lambda.Alias;
  /** Moves requests from one version to the next. */
  public readonly deploymentGroup: codedeploy.LambdaDeploymentGroup;
  /** The handler's role, which may invoke the endpoint. */
  public readonly handlerRole: IRole;
  /** Requests with their predictions; only where they are kept. */
  public readonly predictionBucket?: IBucket;
  /** Predictions could not be kept for a quarter of an hour; only where they are kept. Add your own action. */
  public readonly predictionAlarm?: CfnAlarm;
  /** The handler gave predictions up; only where they are kept. Add your own action. */
  public readonly lostPredictionAlarm?: CfnAlarm;

  public constructor(scope: Construct, id: string, props: ModelApiProps) {
    super(scope, id);
    checkModelApi(props);
    const { apiName, key, endpointName, modelPackageArn: packageArn, asynchronousUri } = props;
    const settings = apiSettings(props.api ?? {}, EnvironmentType.DEV);
    const names = namesOf(apiName);
    const roles = new AloneRoles(this, names, key);
    const stream = settings.predictionLog ? `${apiName}-predictions` : undefined;
    const kept = stream === undefined ? undefined : this.keepPredictions(props, settings, stream, roles);
    this.predictionBucket = kept?.bucket;
    this.predictionAlarm = kept?.alarm;
    this.lostPredictionAlarm = kept?.lostAlarm;
    this.handlerRole = roles.handler(endpointName, stream, asynchronousUri);
    encryptedLog(this, 'HandlerLog', functionLog(names.functionName), key, 'evidence');
    const contract = contractOf(props);
    const attempt = String(props.attempt ?? 1);
    const code = toolsAsset(this, handlerFiles(), {
      'settings.json': handlerSettings(settings, {
        kind: asynchronousUri === undefined ? EndpointKind.REALTIME : EndpointKind.ASYNCHRONOUS,
        metricNamespace: metricNamespace(apiName),
        project: apiName, group: NO_PACKAGE, environment: NO_PACKAGE,
        ...(stream === undefined ? {} : { stream }),
      }),
      'contract.json': contract.document,
    });
    const released = new ReleasedHandler(this, 'Released', {
      functionName: names.functionName,
      description: `Answers the requests to ${apiName}`,
      settings,
      code,
      roleArn: this.handlerRole.roleArn,
      variables: {
        CONTRACT: contract.sha256, ...(asynchronousUri === undefined ? {} : { ASYNCHRONOUS_URI: asynchronousUri }),
        ...this.laterAuthorization(settings),
      },
      alarmPrefix: apiName,
      metricNamespace: metricNamespace(apiName),
    }, {
      endpointName, packageArn, servedArn: packageArn, contract: contract.sha256, release: NO_PACKAGE,
      attempt, identity: [packageArn, endpointName, attempt],
    });
    this.handler = released.handler;
    const handler = lambda.Function.fromFunctionAttributes(this, 'Named', {
      functionArn: released.handler.attrArn, sameEnvironment: true,
    });
    this.live = new lambda.Alias(this, 'Live', {
      aliasName: LIVE,
      version: lambda.Version.fromVersionAttributes(this, 'NewVersion', {
        lambda: handler, version: released.version.attrVersion,
      }),
    });
    const hooks = props.goldenFile === undefined && props.smokeTest === undefined
      ? {} : this.makeHooks(props, names, settings, contract, roles);
    this.deploymentGroup = new codedeploy.LambdaDeploymentGroup(this, 'Shift', {
      application: new codedeploy.LambdaApplication(this, 'Application', { applicationName: names.application }),
      deploymentGroupName: names.deploymentGroup,
      // Its policy is complete; the CDK would add one for all functions of the account.
      role: roles.shift().withoutPolicyUpdates(),
      alias: this.live,
      alarms: released.alarms,
      deploymentConfig: this.configOf(settings.shift),
      autoRollback: { deploymentInAlarm: true, failedDeployment: true, stoppedDeployment: true },
      ...hooks,
    });
    const { contentType, accept } = props.smokeTest ?? {};
    const front = makeFront(this, 'Front', {
      settings, apiName, accessLog: apiLog(apiName), handlerArn: this.live.functionArn,
      gatewayRole: roles.gateway(), key,
      isAsynchronous: asynchronousUri !== undefined,
      binaryTypes: binaryTypes(...[contentType, accept].filter(type => type !== undefined)),
    });
    this.address = front.address;
    this.apiId = front.apiId;
  }

  /** Issuer and audience may be of the same app, for example a user pool: then they are no text for a file yet. */
  private laterAuthorization({ authorization }: ApiSettings): { readonly [name: string]: string } {
    return Token.isUnresolved(JSON.stringify(authorization))
      ? { AUTHORIZATION: Stack.of(this).toJsonString(authorization) } : {};
  }

  private keepPredictions(
    { key, apiName }: ModelApiProps, settings: ApiSettings, stream: string, roles: AloneRoles,
  ): PredictionStream {
    const log = streamLog(stream);
    return new PredictionStream(this, 'Predictions', {
      predictions: { stream, log }, retentionDays: settings.predictionLog!.retentionDays, key,
      metricNamespace: metricNamespace(apiName), environment: NO_PACKAGE,
      role: bucket => roles.predictions(bucket, log),
      quiet: 'Who is told of it is for the app to say: the construct gives it out.',
    });
  }

  private makeHooks(
    { key, smokeTest }: ModelApiProps, names: AloneNames, settings: ApiSettings, contract: AloneContract,
    roles: AloneRoles,
  ): { readonly preHook: lambda.IFunction; readonly postHook: lambda.IFunction } {
    const role = roles.hooks(this.predictionBucket);
    const make = (id: string, name: string, handler: string, when: string): lambda.IFunction => {
      const made = makeFunction(new Construct(this, id), 'Function', {
        name, description: `Tests ${names.functionName} ${when} requests move to a new version`, role, key,
        tools: HOOK_FILES,
        files: {
          'settings.json': {
            functionName: names.functionName, alias: LIVE, path: settings.path,
            ...(smokeTest ? { smokeTest: { contentType: 'text/csv', accept: 'application/json', ...smokeTest } } : {}),
          },
          'contract.json': contract.document,
        },
        variables: this.predictionBucket ? { PREDICTION_BUCKET: this.predictionBucket.bucketName } : {},
        handler, timeoutSeconds: HOOK_SECONDS,
      });
      acceptHook(made);
      return lambda.Function.fromFunctionAttributes(this, `${id}Hook`, {
        functionArn: made.attrArn, sameEnvironment: true, role: role.withoutPolicyUpdates(),
      });
    };
    return {
      preHook: make('BeforeTraffic', names.beforeTraffic, 'hooks.before_traffic', 'before'),
      postHook: make('AfterTraffic', names.afterTraffic, 'hooks.after_traffic', 'after'),
    };
  }

  private configOf({ strategy, percent: percentage, minutes }: ApiShift): codedeploy.ILambdaDeploymentConfig {
    if (strategy === ApiShiftStrategy.ALL_AT_ONCE) { return codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE; }
    const step = { percentage, interval: Duration.minutes(minutes) };
    return new codedeploy.LambdaDeploymentConfig(this, 'Config', {
      trafficRouting: strategy === ApiShiftStrategy.CANARY
        ? codedeploy.TrafficRouting.timeBasedCanary(step) : codedeploy.TrafficRouting.timeBasedLinear(step),
    });
  }
}

function namesOf(apiName: string): AloneNames {
  return {
    functionName: apiName, beforeTraffic: `${apiName}-beforetraffic`, afterTraffic: `${apiName}-aftertraffic`,
    application: apiName, deploymentGroup: LIVE,
  };
}
