import type { PlannedEndpointKind } from './kind';
import { arn, roleArn } from '../../arn';
import { grantForVolumes, useOwnKey } from '../../roles/grants';
import type { Grant } from '../../roles/role-model';
import type { NamedEnvironment } from '../model';
import { ENVIRONMENT_TAG, ownTagged } from '../own-tagged';
import { ANY_RELEASE, endpointResources, isPerRelease } from '../served-names';
import { alarmsOf, metricNamespace, shiftOf, watchOf } from '../shift';

const ALARM_NAMES = 'The alarms\' names contain the name of the configuration, which CloudFormation generates; '
  + 'the endpoint\'s name is exact.';

/** CloudFormation's role: an endpoint and its configurations. */
export function makeEndpoint(environment: NamedEnvironment): Grant[] {
  const { place, endpointName } = environment;
  // An endpoint of one release is never updated.
  const updated = isPerRelease(environment) ? [] : ['UpdateEndpoint'];
  return [
    ...ownTagged(place, 'endpoint-config', 'EndpointConfig', endpointName),
    {
      sid: 'Endpoint',
      actions: [
        'AddTags',
        'CreateEndpoint',
        'DeleteEndpoint',
        'DeleteTags',
        'DescribeEndpoint',
        'ListTags',
        ...updated,
      ].map(a => `sagemaker:${a}`),
      ...endpointResources(environment),
      why: isPerRelease(environment) ? 'Creates the endpoint of a package; deletes it when its creation failed.'
        : 'Creates and updates the endpoint; deletes it only when its first creation failed.',
    },
    {
      sid: 'EndpointUsesConfig',
      actions: ['CreateEndpoint', ...updated].map(a => `sagemaker:${a}`),
      resources: [arn(place, 'sagemaker', 'endpoint-config/*')],
      conditions: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName } },
      why: 'Gives the endpoint its configuration.',
      wildcard: 'CloudFormation generates the name of the configuration; the condition admits only this '
        + "environment's.",
    },
  ];
}

/** CloudFormation's role: the alarms of an endpoint. */
export function makeAlarms({ place, endpointName }: NamedEnvironment): Grant {
  return {
    sid: 'RollbackAlarms',
    actions: [
      'DeleteAlarms',
      'DescribeAlarms',
      'ListTagsForResource',
      'PutMetricAlarm',
      'TagResource',
      'UntagResource',
    ].map(a => `cloudwatch:${a}`),
    resources: [arn(place, 'cloudwatch', alarmsOf(endpointName))],
    why: 'Creates the rollback alarms of each deployment and deletes those of the previous one.',
    wildcard: ALARM_NAMES,
  };
}

const SCALING = 'application-autoscaling';
const SCALING_SERVICE = 'sagemaker.application-autoscaling.amazonaws.com';

/**
 * CloudFormation's role: the scaling of an endpoint (SageMaker developer guide, "Auto scaling prerequisites",
 * "Permissions").
 */
export function scaleEndpoint(environment: NamedEnvironment): Grant[] {
  const { place, endpointName, endpoint } = environment;
  if (!endpoint.autoscaling) { return []; }
  const targets = [arn(place, SCALING, 'scalable-target/*')];
  const wildcard = 'Application Auto Scaling generates the ID of a scalable target.';
  return [
    {
      sid: 'Scaling',
      actions: [
        'DeleteScalingPolicy',
        'DeleteScheduledAction',
        'DeregisterScalableTarget',
        'PutScalingPolicy',
        'PutScheduledAction',
        'RegisterScalableTarget',
      ].map(a => `${SCALING}:${a}`),
      resources: targets,
      conditions: { StringEquals: { [`${SCALING}:service-namespace`]: 'sagemaker' } },
      why: 'Registers the endpoint to be scaled, with its policies and schedules.',
      wildcard,
    },
    {
      sid: 'ScalingTags',
      actions: ['ListTagsForResource', 'TagResource', 'UntagResource'].map(a => `${SCALING}:${a}`),
      resources: targets,
      why: 'Reads and changes the tags of the scalable target.',
      wildcard,
    },
    {
      sid: 'ReadScaling',
      actions: [
        'DescribeScalableTargets', 'DescribeScalingPolicies', 'DescribeScheduledActions',
      ].map(a => `${SCALING}:${a}`),
      resources: ['*'],
      why: 'Checks whether they exist.',
      wildcard: 'These calls do not support resource-level permissions (service authorization reference).',
    },
    {
      sid: 'ScalingAlarms',
      actions: ['DeleteAlarms', 'DescribeAlarms', 'PutMetricAlarm'].map(a => `cloudwatch:${a}`),
      resources: [arn(
        place, 'cloudwatch',
        `alarm:TargetTracking-endpoint/${endpointName}${isPerRelease(environment) ? ANY_RELEASE : ''}/*`,
      )],
      why: 'Application Auto Scaling creates the alarms of a target with these rights.',
      wildcard: 'It appends a generated ID; the endpoint\'s name is exact.',
    },
    {
      sid: 'Scaled',
      actions: ['sagemaker:UpdateEndpointWeightsAndCapacities'],
      ...endpointResources(environment),
      why: 'Application Auto Scaling asks for the right to scale when the endpoint is registered.',
    },
    {
      sid: 'ScalingRole',
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [roleArn(place,
        `aws-service-role/${SCALING_SERVICE}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`)],
      conditions: { StringEquals: { 'iam:AWSServiceName': SCALING_SERVICE } },
      why: 'The first scaled endpoint of an account creates the role that scales.',
    },
  ];
}

/** CloudFormation's role, for an endpoint on instances. */
export const ON_INSTANCES: Pick<PlannedEndpointKind, 'made' | 'encrypted'> = {
  made: environment => [...makeEndpoint(environment), makeAlarms(environment), ...scaleEndpoint(environment)],
  encrypted: () => [
    useOwnKey(['kms:DescribeKey'], "Encrypts the endpoint's volumes."),
    grantForVolumes("Encrypts the endpoint's volumes."),
  ],
};

/** The role of checks and smoke test: what is live, and what came of asking it. */
export function lookAtEndpoint(environment: NamedEnvironment, invoke: string): Grant[] {
  const { place, endpointName } = environment;
  return [
    {
      sid: 'Metrics',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': metricNamespace(endpointName) } },
      why: 'Counts proven deployments, and wrong answers to golden rows, which a rollback alarm looks at.',
      wildcard: 'This call does not support resource-level permissions; the condition admits only the namespace of '
        + 'this endpoint (service authorization reference).',
    },
    {
      sid: 'Endpoint',
      actions: ['sagemaker:DescribeEndpoint', invoke],
      ...endpointResources(environment),
      why: 'Reads what the endpoint serves, and invokes it in the smoke test.',
    },
    {
      sid: 'Served',
      actions: ['sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel'],
      resources: ['endpoint-config/*', 'model/*'].map(resource => arn(place, 'sagemaker', resource)),
      why: 'Follows the endpoint to its configuration, model and package.',
      wildcard: 'CloudFormation generates the names, and a manually changed endpoint has others.',
    },
    ...(watchOf(environment)
      ? describeAlarms(environment, 'Looks whether an alarm fires still, before the endpoint is returned.') : []),
  ];
}

/**
 * "Ensure that your IAM execution role has permission to perform the cloudwatch:DescribeAlarms action on the
 * auto-rollback alarms you specify" (SageMaker developer guide, "Auto-Rollback Configuration and Monitoring"). An
 * endpoint has one execution role, its model's; that this is the one that is meant is our reading. CloudFormation's
 * role may look at the deployment's own alarms anyway.
 */
export function describeAlarms(
  environment: NamedEnvironment, why = 'Lets SageMaker read the alarms that roll back a deployment.',
): Grant[] {
  const { place, endpointName } = environment;
  const shift = shiftOf(environment);
  return shift === undefined ? [] : [{
    sid: 'RollbackAlarms',
    actions: ['cloudwatch:DescribeAlarms'],
    resources: [alarmsOf(endpointName), ...shift.alarms.ownAlarmNames.map(name => `alarm:${name}`)]
      .map(resource => arn(place, 'cloudwatch', resource)),
    why,
    wildcard: ALARM_NAMES,
  }];
}
