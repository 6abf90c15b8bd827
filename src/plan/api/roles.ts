import { aliasArns, functionArn, VERSIONS } from './functions';
import { type ApiRoles, LIVE, type NamedApi, PREDICTIONS } from './model';
import { ALL_AT_ONCE } from './names';
import { EndpointKind } from '../../options/endpoint';
import { arn, bucketArn } from '../arn';
import { asynchronousUri } from '../endpoint/kinds/asynchronous';
import type { NamedEnvironment } from '../endpoint/model';
import { endpointResources } from '../endpoint/served-names';
import { functionLog } from '../logs';
import { KMS_PUT, useOwnKey, writeLogs } from '../roles/grants';
import type { Grant, PlannedRole, Principal, RoleId } from '../roles/role-model';

const LAMBDA: Principal = {
  service: 'lambda.amazonaws.com',
  anyAccount: 'Lambda names no source account when it assumes a role (Lambda guide, "Execution role").',
};

const API_GATEWAY: Principal = {
  service: 'apigateway.amazonaws.com',
  anyAccount: 'API Gateway names no source account when it assumes the role of an integration: with the condition '
    + 'every request ends with 500 (pull request 479 of aws-solutions-library-samples/'
    + 'accelerated-intelligent-document-processing-on-aws). It refuses roles of another account.',
};

/** The roles around an API; none without one. */
export function apiRoles(environment: NamedEnvironment, runners: readonly string[]): ApiRoles {
  const { api, roles } = environment;
  if (!api || !roles.apiHandler || !roles.apiGateway || !roles.apiHooks || !roles.apiShift || !roles.apiRelease) {
    return {};
  }
  return {
    apiHandler: handlerRole(roles.apiHandler, environment, api),
    apiGateway: {
      ...roles.apiGateway,
      purpose: 'API Gateway\'s role: calls the live version of the handler.',
      assumedBy: API_GATEWAY,
      grants: [{
        sid: 'Live', actions: ['lambda:InvokeFunction'], resources: [functionArn(environment, api.functionName, LIVE)],
        why: 'Hands requests to the handler.',
      }],
    },
    apiHooks: hooksRole(roles.apiHooks, environment, api),
    apiShift: shiftRole(roles.apiShift, environment, api),
    apiRelease: releaseRole(roles.apiRelease, environment, api, runners),
    ...(api.predictions && roles.apiPredictions ? {
      apiPredictions: predictionsRole(roles.apiPredictions, environment, api.predictions),
    } : {}),
  };
}

/** What the handler's versions need: their endpoint, and where predictions go. */
function handlerRole(id: RoleId, environment: NamedEnvironment, api: NamedApi): PlannedRole {
  const { place, endpoint } = environment;
  const isAsynchronous = endpoint.kind === EndpointKind.ASYNCHRONOUS;
  return {
    ...id,
    purpose: 'The API\'s handler: invokes this environment\'s endpoint, and nothing else.',
    assumedBy: LAMBDA,
    grants: [
      writeLogs(place, [functionLog(api.functionName)], "Writes the handler's log."),
      {
        sid: 'Endpoint',
        actions: [isAsynchronous ? 'sagemaker:InvokeEndpointAsync' : 'sagemaker:InvokeEndpoint'],
        ...endpointResources(environment),
        why: 'Has the model answer requests.',
      },
      ...(isAsynchronous ? queuedRequests(environment) : []),
      {
        sid: 'Contract',
        actions: ['s3:GetObject'],
        resources: [bucketArn(environment.deploymentBucket, '/contracts/*')],
        why: 'Reads the contract of the model that its version is for.',
        wildcard: 'Contracts are named after the hash of their content.',
      },
      useOwnKey(isAsynchronous ? KMS_PUT : ['kms:Decrypt'], isAsynchronous
        ? 'Decrypts the contract and answers, encrypts requests.' : 'Decrypts the contract and its settings.'),
      ...(api.predictions ? [{
        sid: 'Predictions',
        actions: ['firehose:PutRecordBatch'],
        resources: [arn(place, 'firehose', `deliverystream/${api.predictions.stream}`)],
        why: 'Keeps predictions for monitoring.',
      }] : []),
      ...(api.settings.tracingLayerArn ? [{
        sid: 'Traces',
        actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        resources: ['*'],
        why: 'Sends traces.',
        wildcard: 'These calls do not support resource-level permissions (service authorization reference).',
      }] : []),
    ],
  };
}

function queuedRequests(environment: NamedEnvironment): Grant[] {
  const folder = asynchronousUri(environment).replace('s3://', 'arn:{partition}:s3:::');
  return [
    {
      sid: 'Requests', actions: ['s3:PutObject'], resources: [`${folder}/input/api/*`],
      why: 'Puts requests where the endpoint reads them.', wildcard: 'Each request has an ID of its own.',
    },
    {
      sid: 'Answers', actions: ['s3:GetObject'], resources: [`${folder}/output/*`, `${folder}/failure/*`],
      why: 'Reads answers for the callers who ask for them.', wildcard: 'SageMaker generates the names of answers.',
    },
    {
      sid: 'AnswersBucket', actions: ['s3:ListBucket'], resources: [bucketArn(environment.captureBucket)],
      // S3 API reference, GetObject: without this right a missing object is a 403.
      why: 'Tells an answer that is not there yet from one that may not be read.',
    },
  ];
}

/** The functions that test a version before and after requests move to it. */
function hooksRole(id: RoleId, environment: NamedEnvironment, api: NamedApi): PlannedRole {
  const { place } = environment;
  return {
    ...id,
    purpose: 'Functions that CodeDeploy has test a new version of the handler, before requests move to it and after.',
    assumedBy: LAMBDA,
    grants: [
      writeLogs(place, [api.beforeTraffic, api.afterTraffic].map(functionLog), "Writes the functions' logs."),
      {
        // CDK grants it so, too (LambdaDeploymentGroup.grantPutLifecycleEventHookExecutionStatus); the service
        // authorization reference lists no resource for the second.
        sid: 'Deployment', actions: ['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'],
        resources: [deploymentGroupArn(environment, api)],
        why: 'Looks which version is tested, and says what came of it.',
      },
      {
        sid: 'Versions', actions: ['lambda:InvokeFunction'],
        resources: [functionArn(environment, api.functionName, '*')],
        why: 'Sends golden rows to the new version, and to what the API calls.', wildcard: VERSIONS,
      },
      {
        sid: 'LookAtVersions', actions: ['lambda:GetFunctionConfiguration'],
        resources: [functionArn(environment, api.functionName, '*')],
        why: 'Reads which contract and package the version is for.', wildcard: VERSIONS,
      },
      {
        sid: 'Contract',
        actions: ['s3:GetObject'],
        resources: [bucketArn(environment.deploymentBucket, '/contracts/*')],
        why: 'Reads the golden rows of the version\'s package.',
        wildcard: 'They are named after the hash of their content.',
      },
      ...(api.predictions ? [{
        sid: 'Kept', actions: ['s3:ListBucket'], resources: [bucketArn(api.predictions.bucket)],
        why: 'Looks whether predictions of the new version are kept.',
      }, {
        sid: 'KeptPredictions', actions: ['s3:GetObject'],
        resources: [bucketArn(api.predictions.bucket, `/${PREDICTIONS}*`)],
        why: 'Looks for the predictions of the test in what was kept.',
        wildcard: 'Firehose generates the names of objects.',
      }] : []),
      useOwnKey(['kms:Decrypt'], 'Decrypts golden rows and settings.'),
    ],
  };
}

/** CodeDeploy's (CodeDeploy user guide, "Create a service role", AWSCodeDeployRoleForLambdaLimited). */
function shiftRole(id: RoleId, environment: NamedEnvironment, api: NamedApi): PlannedRole {
  return {
    ...id,
    purpose: 'CodeDeploy\'s role: moves the API from one version of the handler to the next.',
    assumedBy: { service: 'codedeploy.amazonaws.com' },
    grants: [
      {
        sid: 'Alias', actions: ['lambda:GetAlias', 'lambda:UpdateAlias'],
        resources: aliasArns(environment, api.functionName),
        why: 'Moves requests to the new version, and back when an alarm fires.',
      },
      {
        sid: 'Provisioned', actions: ['lambda:GetProvisionedConcurrencyConfig'],
        resources: [functionArn(environment, api.functionName, '*')],
        why: 'Looks whether the new version is to be kept warm.', wildcard: VERSIONS,
      },
      {
        sid: 'Hooks', actions: ['lambda:InvokeFunction'],
        resources: [api.beforeTraffic, api.afterTraffic].map(name => functionArn(environment, name)),
        why: 'Has the new version tested.',
      },
      {
        sid: 'Alarms', actions: ['cloudwatch:DescribeAlarms'],
        resources: [arn(environment.place, 'cloudwatch', 'alarm:*')],
        why: 'Looks at the alarms that return the API.',
        wildcard: 'AWSCodeDeployRoleForLambdaLimited lets it describe all alarms; whether it asks for them by name is '
          + 'not documented.',
      },
    ],
  };
}

/** Starting the shift, and returning the alias at once. */
function releaseRole(id: RoleId, environment: NamedEnvironment, api: NamedApi, runners: readonly string[]): PlannedRole {
  const { place } = environment;
  const { application, deploymentConfig, functionName } = api;
  const config = (name: string) => arn(place, 'codedeploy', `deploymentconfig:${name}`);
  return {
    ...id,
    purpose: 'Assumed after the execution of a change set: has CodeDeploy move the API to the new version.',
    assumedBy: { roles: runners },
    grants: [
      {
        sid: 'Shift',
        actions: ['CreateDeployment', 'GetDeployment', 'ListDeployments'].map(action => `codedeploy:${action}`),
        resources: [deploymentGroupArn(environment, api)],
        why: 'Starts the shift and waits for its end; finds the one that an earlier attempt started.',
      },
      stopShift('Ends a shift that its caller no longer waits for, so that it does not go on by itself.'),
      {
        sid: 'Revision', actions: ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'],
        resources: [arn(place, 'codedeploy', `application:${application}`)],
        why: 'Says from which version to which.',
      },
      {
        sid: 'Config', actions: ['codedeploy:GetDeploymentConfig'],
        resources: [...new Set([deploymentConfig, ALL_AT_ONCE])].map(config),
        why: 'Names how requests move.',
      },
      {
        sid: 'Alias',
        actions: ['CreateAlias', 'DeleteAlias', 'GetAlias', 'UpdateAlias'].map(action => `lambda:${action}`),
        resources: aliasArns(environment, functionName),
        why: 'Reads which version the API calls, creates the alias with the first one, takes it away when that fails, '
          + 'and returns it at once to an earlier one.',
      },
      {
        sid: 'Versions', actions: ['lambda:GetFunctionConfiguration', 'lambda:ListVersionsByFunction'],
        resources: [functionArn(environment, functionName), functionArn(environment, functionName, '*')],
        why: 'Reads which package, contract and endpoint versions are for.',
        wildcard: VERSIONS,
      },
      {
        sid: 'Hooks', actions: ['lambda:InvokeFunction'],
        resources: [api.beforeTraffic, api.afterTraffic].map(name => functionArn(environment, name)),
        why: 'Has the first version tested, for which CodeDeploy has nothing to shift.',
      },
      {
        sid: 'HookLogs', actions: ['logs:FilterLogEvents'],
        // With and without the end that the guides give names of log groups.
        resources: [api.beforeTraffic, api.afterTraffic].flatMap(name => ['', ':*'].map(end =>
          arn(place, 'logs', `log-group:${functionLog(name)}${end}`))),
        why: 'Reads why a hook refused a version.', wildcard: 'The names of the log groups are exact.',
      },
      {
        sid: 'Alarms', actions: ['cloudwatch:DescribeAlarms'],
        resources: [arn(place, 'cloudwatch', `alarm:${environment.endpointName}/*`)],
        why: 'Looks at the alarms while the version before stays.',
        wildcard: 'The number of the version is part of the alarms\' names; the endpoint\'s name is exact.',
      },
    ],
  };
}

function predictionsRole(
  id: RoleId, environment: NamedEnvironment, { bucket, log }: NonNullable<NamedApi['predictions']>,
): PlannedRole {
  const { place } = environment;
  return {
    ...id,
    purpose: 'The delivery stream\'s role: writes predictions to their bucket.',
    assumedBy: { service: 'firehose.amazonaws.com' },
    grants: [
      {
        sid: 'Objects', actions: ['s3:AbortMultipartUpload', 's3:PutObject'], resources: [bucketArn(bucket, '/*')],
        why: 'Writes predictions.', wildcard: 'Firehose generates the names of objects.',
      },
      {
        sid: 'Bucket', actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucketArn(bucket)], why: 'Writes predictions.',
      },
      useOwnKey(KMS_PUT, 'Encrypts predictions.'),
      writeLogs(place, [log], 'Writes what could not be delivered.'),
    ],
  };
}

/** Ending a shift that is under way; the ID of a deployment is all that the call names. */
export function stopShift(why: string): Grant {
  return {
    sid: 'StopShift', actions: ['codedeploy:StopDeployment'], resources: ['*'], why,
    wildcard: 'This call does not support resource-level permissions (service authorization reference); the IDs of '
      + 'deployments are read from this delivery\'s deployment group only.',
  };
}

/** The ARN of an environment's deployment group. */
export function deploymentGroupArn(
  { place }: Pick<NamedEnvironment, 'place'>, { application, deploymentGroup }: NamedApi,
): string {
  return arn(place, 'codedeploy', `deploymentgroup:${application}/${deploymentGroup}`);
}
