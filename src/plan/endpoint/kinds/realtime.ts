import { describeAlarms, lookAtEndpoint, ON_INSTANCES } from './endpoint-grants';
import type { PlannedEndpointKind } from './kind';
import { KMS_PUT, useOwnKey } from '../../roles/grants';

/** An endpoint on instances of its own. */
export const realtime: PlannedEndpointKind = {
  ...ON_INSTANCES,
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
