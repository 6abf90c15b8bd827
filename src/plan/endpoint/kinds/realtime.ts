import type { PlannedEndpointKind } from './kind';
import { arn } from '../../arn';
import { grantForVolumes, KMS_PUT, useOwnKey } from '../../roles/grants';
import type { Grant } from '../../roles/role-model';
import type { NamedEnvironment } from '../model';
import { ENVIRONMENT_TAG, ownTagged } from '../own-tagged';

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
  ],
  encrypted: () => [
    useOwnKey(['kms:DescribeKey'], "Encrypts the endpoint's volumes."),
    grantForVolumes("Encrypts the endpoint's volumes."),
  ],
  written: ({ captureBucket }) => [
    {
      sid: 'Capture',
      actions: ['s3:PutObject'],
      resources: [`arn:{partition}:s3:::${captureBucket}/*`],
      why: 'Captures requests and responses.',
      wildcard: 'SageMaker generates the keys of captured data.',
    },
    useOwnKey([...KMS_PUT, 'kms:Encrypt'], 'Encrypts captured data.'),
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
