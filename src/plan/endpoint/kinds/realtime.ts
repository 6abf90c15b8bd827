import type { PlannedEndpointKind } from './kind';
import { arn } from '../../arn';
import { grantForVolumes, KMS_PUT, useOwnKey } from '../../roles/grants';
import type { Grant } from '../../roles/role-model';
import type { NamedEnvironment } from '../model';
import { ENVIRONMENT_TAG, ownTagged } from '../own-tagged';
import { alarmsOf, shiftOf } from '../shift';

const ALARM_NAMES = 'The configuration, whose name CloudFormation makes up, is a part of their names; the endpoint\'s '
  + 'is exact.';

/** An endpoint on instances of its own. */
export const realtime: PlannedEndpointKind = {
  made: ({ place, endpointName }) => [
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
        'UpdateEndpoint',
      ].map(a => `sagemaker:${a}`),
      resources: [arn(place, 'sagemaker', `endpoint/${endpointName}`)],
      why: 'Creates and updates the endpoint; deletes it only when its first creation failed.',
    },
    {
      sid: 'EndpointUsesConfig',
      actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'],
      resources: [arn(place, 'sagemaker', 'endpoint-config/*')],
      conditions: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName } },
      why: 'Gives the endpoint its configuration.',
      wildcard: 'CloudFormation generates the name of the configuration; the condition admits only this '
        + "environment's.",
    },
    {
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
      why: 'Creates the alarms of each deployment, which bring back the previous model, and deletes the previous ones.',
      wildcard: ALARM_NAMES,
    },
  ],
  encrypted: () => [
    useOwnKey(['kms:DescribeKey'], "Encrypts the endpoint's volumes."),
    grantForVolumes("Encrypts the endpoint's volumes."),
  ],
  written: environment => [
    {
      sid: 'Capture',
      actions: ['s3:PutObject'],
      resources: [`arn:{partition}:s3:::${environment.captureBucket}/*`],
      why: 'Captures requests and responses.',
      wildcard: 'SageMaker generates the keys of captured data.',
    },
    useOwnKey([...KMS_PUT, 'kms:Encrypt'], 'Encrypts captured data.'),
    ...describeAlarms(environment),
  ],
  asked,
  smokeTest: 'smoke_test',
};

function asked({ place, endpointName }: NamedEnvironment): Grant[] {
  return [
    {
      sid: 'Endpoint',
      actions: ['sagemaker:DescribeEndpoint', 'sagemaker:InvokeEndpoint'],
      resources: [arn(place, 'sagemaker', `endpoint/${endpointName}`)],
      why: 'Reads from the endpoint what is live, and invokes it in the smoke test.',
    },
    {
      sid: 'Served',
      actions: ['sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel'],
      resources: ['endpoint-config/*', 'model/*'].map(resource => arn(place, 'sagemaker', resource)),
      why: 'Follows the endpoint to its configuration, model and package.',
      wildcard: 'CloudFormation generates the names, and a manually changed endpoint has others.',
    },
  ];
}

/**
 * "Ensure that your IAM execution role has permission to perform the cloudwatch:DescribeAlarms action on the
 * auto-rollback alarms you specify" (SageMaker developer guide, "Auto-Rollback Configuration and Monitoring"). An
 * endpoint has one execution role, its model's; that this is the one that is meant is our reading. CloudFormation's
 * role may look at the deployment's own alarms anyway.
 */
function describeAlarms(environment: NamedEnvironment): Grant[] {
  const { place, endpointName } = environment;
  const shift = shiftOf(environment);
  return shift === undefined ? [] : [{
    sid: 'RollbackAlarms',
    actions: ['cloudwatch:DescribeAlarms'],
    resources: [alarmsOf(endpointName), ...shift.alarms.ownAlarmNames.map(name => `alarm:${name}`)]
      .map(resource => arn(place, 'cloudwatch', resource)),
    why: 'SageMaker looks at the alarms that end a deployment.',
    wildcard: ALARM_NAMES,
  }];
}
