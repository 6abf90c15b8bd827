import { asynchronous } from './asynchronous';
import { batch } from './batch';
import type { PlannedEndpointKind } from './kind';
import { realtime } from './realtime';
import { serverless } from './serverless';
import type { EndpointKind } from '../../../options/endpoint';

/** Every kind of endpoint. */
export const ENDPOINT_KINDS: { readonly [K in EndpointKind]: PlannedEndpointKind } = {
  realtime, serverless, asynchronous, batch,
};
