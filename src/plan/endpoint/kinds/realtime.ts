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
      why: 'The endpoint is made and updated; deleting is only for an endpoint whose very first creation failed.',
    },
    {
      sid: 'EndpointUsesConfig',
      actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'],
      resources: [arn(place, 'sagemaker', 'endpoint-config/*')],
      conditions: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: endpointName } },
      why: 'The endpoint is given its configuration.',
      wildcard: 'CloudFormation makes up the name of the configuration; the condition admits only this '
        + 'environment\'s.',
    },
  ],
  encrypted: () => [
    useOwnKey(['kms:DescribeKey'], 'The endpoint\'s volumes are encrypted.'),
    grantForVolumes('The endpoint\'s volumes are encrypted.'),
  ],
  written: ({ captureBucket }) => [
    {
      sid: 'Capture',
      actions: ['s3:PutObject'],
      resources: [`arn:{partition}:s3:::${captureBucket}/*`],
      why: 'Requests and answers are captured.',
      wildcard: 'The service makes up the keys of captured data.',
    },
    useOwnKey([...KMS_PUT, 'kms:Encrypt'], 'Captured data is encrypted.'),
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
      why: 'What is live is read from the endpoint, and the smoke test invokes it.',
    },
    {
      sid: 'Served',
      actions: ['sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel'],
      resources: ['endpoint-config/*', 'model/*'].map(resource => arn(place, 'sagemaker', resource)),
      why: 'The endpoint names its configuration, that its model, and that its package.',
      wildcard: 'CloudFormation makes up the names, and an endpoint that somebody changed by hand has others.',
    },
  ];
}
