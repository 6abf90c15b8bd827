import { describeAlarms, lookAtEndpoint, makeAlarms, makeEndpoint, scaleEndpoint } from './endpoint-grants';
import type { PlannedEndpointKind } from './kind';
import { grantForVolumes, KMS_PUT, useOwnKey } from '../../roles/grants';

/** An endpoint on instances of its own. */
export const realtime: PlannedEndpointKind = {
  made: environment => [...makeEndpoint(environment), makeAlarms(environment), ...scaleEndpoint(environment)],
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
  asked: environment => lookAtEndpoint(environment, 'sagemaker:InvokeEndpoint'),
  smokeTest: 'smoke_test',
};
