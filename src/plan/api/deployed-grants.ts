import { functionArn, VERSIONS } from './functions';
import { API_ALARMS } from './model';
import { arn } from '../arn';
import type { NamedEnvironment } from '../endpoint/model';
import { ENVIRONMENT_TAG } from '../endpoint/own-tagged';
import { endpointResources, isPerRelease } from '../endpoint/served-names';
import { passRole } from '../roles/grants';
import type { Grant } from '../roles/role-model';

const NOT_LIMITED = 'These calls do not support resource-level permissions (service authorization reference).';

/** CloudFormation's role: the handler with its versions (schemas of AWS::Lambda::Function and AWS::Lambda::Version). */
export function makeHandler(environment: NamedEnvironment): Grant[] {
  const { api, roles } = environment;
  if (!api || !roles.apiHandler) { return []; }
  const { functionName, settings: { reservedConcurrency, tracingLayerArn } } = api;
  const called = functionArn(environment, functionName);
  return [
    {
      sid: 'Handler',
      actions: [
        'CreateFunction', 'DeleteFunction', 'GetFunction', 'GetFunctionCodeSigningConfig', 'GetFunctionConfiguration',
        'GetFunctionRecursionConfig', 'GetRuntimeManagementConfig', 'ListTags', 'ListVersionsByFunction',
        'PublishVersion', 'TagResource', 'UntagResource', 'UpdateFunctionCode', 'UpdateFunctionConfiguration',
        ...(reservedConcurrency === undefined ? [] : ['DeleteFunctionConcurrency', 'PutFunctionConcurrency']),
      ].map(action => `lambda:${action}`),
      resources: [called],
      why: 'Creates and changes the API\'s handler, and publishes a version for each deployment.',
    },
    {
      sid: 'HandlerVersions',
      actions: ['DeleteFunction', 'GetFunctionConfiguration', 'GetProvisionedConcurrencyConfig',
        'GetRuntimeManagementConfig'].map(action => `lambda:${action}`),
      resources: [functionArn(environment, functionName, '*')],
      why: 'Looks at the version that it published, and removes it when its deployment failed.',
      wildcard: VERSIONS,
    },
    passRole('PassHandlerRole', [roles.apiHandler.arn], 'lambda.amazonaws.com', 'Gives the handler its role.'),
    ...(tracingLayerArn ? [{
      sid: 'TracingLayer', actions: ['lambda:GetLayerVersion'], resources: [tracingLayerArn],
      why: 'Adds the layer that sends traces.',
    }] : []),
  ];
}

/** The role that removes what was replaced: versions of the handler, and endpoints where each package has its own. */
export function retireReleases(environment: NamedEnvironment): Grant[] {
  const { api, place, endpointName } = environment;
  if (!api) { return []; }
  const own = { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName };
  return [
    {
      sid: 'OldVersions', actions: ['lambda:DeleteFunction'],
      resources: [functionArn(environment, api.functionName, '*')],
      why: 'Removes versions of the handler, never the handler itself.', wildcard: VERSIONS,
    },
    {
      sid: 'OldAlarms', actions: ['cloudwatch:DeleteAlarms'],
      resources: [arn(place, 'cloudwatch', `alarm:${endpointName}/${API_ALARMS}*`)],
      why: 'Removes the alarms of the versions that it removes.',
      wildcard: 'Their names end with the version\'s number.',
    },
    ...(isPerRelease(environment) ? [
      {
        sid: 'Releases', actions: ['sagemaker:ListEndpoints'], resources: ['*'],
        why: 'Finds the endpoints of earlier packages.', wildcard: NOT_LIMITED,
      },
      {
        sid: 'ReleaseTags', actions: ['sagemaker:ListTags'], ...endpointResources(environment),
        why: 'Reads the tag that names the owner, and whether it was proven.',
      },
      {
        sid: 'OldReleases', actions: ['sagemaker:DeleteEndpoint'], ...endpointResources(environment),
        conditions: { StringEquals: own },
        why: 'Removes the endpoints of packages that nothing returns to.',
      },
      ...(environment.endpoint.autoscaling ? [{
        sid: 'ScalingOfReleases', actions: ['application-autoscaling:DescribeScalableTargets'], resources: ['*'],
        why: 'Looks whether an endpoint is scaled.', wildcard: NOT_LIMITED,
      }, {
        sid: 'OldScaling', actions: ['application-autoscaling:DeregisterScalableTarget'],
        resources: [arn(place, 'application-autoscaling', 'scalable-target/*')],
        conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } },
        why: 'Ends the scaling of an endpoint before it is removed.',
        wildcard: 'Application Auto Scaling generates the ID, and CloudFormation gives targets no tags (schema of its '
          + 'type).',
      }] : []),
    ] : []),
  ];
}
