import { type ApiRoles, LIVE, type NamedApi } from './model';
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

const VERSIONS = 'Lambda numbers the versions of a function; the function\'s name is exact.';

/** The roles around an API; none without one. */
export function apiRoles(environment: NamedEnvironment, runner: string): ApiRoles {
  const { api, roles } = environment;
  if (!api || !roles.apiHandler || !roles.apiGateway || !roles.apiHooks || !roles.apiShift || !roles.apiRelease) {
    return {};
  }
  return {
    apiHandler: handlerRole(roles.apiHandler, environment, api),
    apiGateway: {
      ...roles.apiGateway,
      purpose: 'API Gateway\'s role: calls the live version of the handler.',
      assumedBy: { service: 'apigateway.amazonaws.com' },
      grants: [{
        sid: 'Live', actions: ['lambda:InvokeFunction'], resources: [functionArn(environment, api.functionName, LIVE)],
        why: 'Hands requests to the handler.',
      }],
    },
    apiHooks: hooksRole(roles.apiHooks, environment, api),
    apiShift: shiftRole(roles.apiShift, environment, api),
    apiRelease: releaseRole(roles.apiRelease, environment, api, runner),
    ...(api.predictions && roles.apiPredictions ? {
      apiPredictions: predictionsRole(roles.apiPredictions, environment, api.predictions),
    } : {}),
  };
}

/** ARN of a function, or of its alias or version. */
export function functionArn({ place }: Pick<NamedEnvironment, 'place'>, name: string, qualifier?: string): string {
  return arn(place, 'lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`);
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
        sid: 'Alias', actions: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
        resources: [functionArn(environment, api.functionName), functionArn(environment, api.functionName, '*')],
        why: 'Moves requests to the new version, and back when an alarm fires.', wildcard: VERSIONS,
      },
      {
        sid: 'Hooks', actions: ['lambda:InvokeFunction'],
        resources: [api.beforeTraffic, api.afterTraffic].map(name => functionArn(environment, name)),
        why: 'Has the new version tested.',
      },
      {
        sid: 'Alarms', actions: ['cloudwatch:DescribeAlarms'], resources: ['*'],
        why: 'Looks at the alarms that return the API.',
        wildcard: 'CodeDeploy describes all alarms at once (CodeDeploy user guide, AWSCodeDeployRoleForLambdaLimited).',
      },
    ],
  };
}

/** Starting the shift, and returning the alias at once. */
function releaseRole(id: RoleId, environment: NamedEnvironment, api: NamedApi, runner: string): PlannedRole {
  const { place } = environment;
  const { application, deploymentConfig, functionName } = api;
  const config = (name: string) => arn(place, 'codedeploy', `deploymentconfig:${name}`);
  return {
    ...id,
    purpose: 'Assumed after the execution of a change set: has CodeDeploy move the API to the new version.',
    assumedBy: { role: runner },
    grants: [
      {
        sid: 'Shift',
        actions: ['CreateDeployment', 'GetDeployment', 'ListDeploymentTargets', 'BatchGetDeploymentTargets',
          'StopDeployment'].map(action => `codedeploy:${action}`),
        resources: [deploymentGroupArn(environment, api)],
        why: 'Starts the shift and waits for its end; ends it when a person returns the API.',
      },
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
        sid: 'Alias', actions: ['CreateAlias', 'GetAlias', 'UpdateAlias'].map(action => `lambda:${action}`),
        resources: [functionArn(environment, functionName), functionArn(environment, functionName, LIVE)],
        why: 'Creates the alias with the first version, and returns it at once to an earlier one.',
      },
      {
        sid: 'Versions', actions: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
        resources: [functionArn(environment, functionName, '*')],
        why: 'Reads what versions are for, and tests the first one, for which CodeDeploy has nothing to shift.',
        wildcard: VERSIONS,
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

function deploymentGroupArn({ place }: NamedEnvironment, { application, deploymentGroup }: NamedApi): string {
  return arn(place, 'codedeploy', `deploymentgroup:${application}/${deploymentGroup}`);
}
