import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnOutput } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { binaryTypes, makeFront } from './api-front';
import type { Front } from './front-props';
import { makeHook } from './hook-function';
import { PredictionStream } from './prediction-stream';
import { ShiftGroup } from './shift-group';
import type { ApiType } from '../../options/api';
import { EndpointKind } from '../../options/endpoint';
import { functionArn } from '../../plan/api/functions';
import { API_ADDRESS, LIVE, type NamedApi } from '../../plan/api/model';
import type { PlannedEnvironment } from '../../plan/endpoint/model';
import { metricNamespace } from '../../plan/endpoint/shift';
import { functionLog } from '../../plan/logs';
import { encryptedLog } from '../shared/encrypted-log';
import { fill } from '../shared/fill';
import { makeRole } from '../shared/planned-role';

/** An environment with an API. */
export interface ApiSurroundingsProps {
  readonly project: string;
  readonly group: string;
  readonly environment: PlannedEnvironment;
  readonly api: NamedApi;
  readonly key: IKey;
}

/**
 * What stays of an API when its model changes: the address, how it is protected, what moves it from one version of the
 * handler to the next, and where predictions are kept. The handler itself is in the endpoint stack.
 */
export class ApiSurroundings extends Construct {
  public readonly front: Front;
  public readonly type: ApiType;
  public readonly apiName: string;
  public readonly shift: ShiftGroup;
  public readonly beforeTraffic: CfnFunction;
  public readonly afterTraffic: CfnFunction;
  public readonly predictionBucket?: IBucket;
  /** The handler's role. */
  public readonly handlerRole: Role;
  /** Assumed by the deploy pipeline, to move the API. */
  public readonly releaseRole: Role;

  public constructor(scope: Construct, id: string, props: ApiSurroundingsProps) {
    super(scope, id);
    const { environment, api, key } = props;
    this.type = api.settings.type;
    this.apiName = api.apiName;
    const { roles, endpoint, s3AccessLogsBucketArn: logBucketArn } = environment;
    const { contentType, accept } = endpoint.smokeTest;
    const values = { key: key.keyArn };
    this.handlerRole = makeRole(this, 'HandlerRole', roles.apiHandler!, values);
    this.releaseRole = makeRole(this, 'ReleaseRole', roles.apiRelease!, values);
    encryptedLog(this, 'HandlerLog', functionLog(api.functionName), key, 'evidence');
    this.front = makeFront(this, 'Front', {
      settings: api.settings,
      apiName: api.apiName,
      accessLog: api.accessLog,
      handlerArn: fill(this, functionArn(environment, api.functionName, LIVE)),
      gatewayRole: makeRole(this, 'GatewayRole', roles.apiGateway!, values),
      key,
      isAsynchronous: endpoint.kind === EndpointKind.ASYNCHRONOUS,
      binaryTypes: binaryTypes(contentType, accept),
    });
    this.shift = new ShiftGroup(this, 'Shift', { api, role: makeRole(this, 'ShiftRole', roles.apiShift!, values) });
    const hook = { environment, key, role: makeRole(this, 'HooksRole', roles.apiHooks!, values) };
    this.beforeTraffic = makeHook(this, 'BeforeTraffic', {
      ...hook, name: api.beforeTraffic, handler: 'hooks.before_traffic',
      description: `Tests a new version of ${api.functionName} before requests move to it`,
    });
    this.afterTraffic = makeHook(this, 'AfterTraffic', {
      ...hook, name: api.afterTraffic, handler: 'hooks.after_traffic',
      description: `Tests ${api.functionName} after requests have moved to a new version`,
    });
    if (api.predictions && roles.apiPredictions) {
      const role = makeRole(this, 'PredictionsRole', roles.apiPredictions, values);
      this.predictionBucket = new PredictionStream(this, 'Predictions', {
        predictions: api.predictions,
        retentionDays: api.settings.predictionLog!.retentionDays,
        metricNamespace: metricNamespace(environment.endpointName),
        environment: environment.name,
        role: () => role,
        key,
        logBucketArn,
        quiet: 'EventBridge forwards its change of state to the tooling account, which tells people.',
      }).bucket;
    }
    new CfnOutput(this, 'Address', { value: this.front.address, description: API_ADDRESS });
  }
}
