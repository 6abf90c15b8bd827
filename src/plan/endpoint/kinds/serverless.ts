import { lookAtEndpoint, makeAlarms, makeEndpoint, scaleEndpoint } from './endpoint-grants';
import type { PlannedEndpointKind } from './kind';

/** An endpoint without instances of its own: without volumes, captured data and alarms. */
export const serverless: PlannedEndpointKind = {
  made: environment => [
    ...makeEndpoint(environment), ...scaleEndpoint(environment),
    // Of the API's versions.
    ...(environment.api ? [makeAlarms(environment)] : []),
  ],
  encrypted: () => [],
  written: () => [],
  asked: environment => lookAtEndpoint(environment, 'sagemaker:InvokeEndpoint'),
  smokeTest: 'smoke_test',
};
