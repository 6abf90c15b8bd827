import type { Stack } from 'aws-cdk-lib/core';
import { buildAsynchronous } from './asynchronous';
import { buildBatch } from './batch';
import type { DeployedModel, EndpointOutputs } from './deployed-model';
import { buildRealtime } from './realtime';
import { buildServerless } from './serverless';
import type { EndpointKind } from '../../../options/endpoint';
import type { PlannedEnvironment } from '../../../plan/endpoint/model';

/** Makes what serves a model; gives the outputs by which the kind's smoke test knows it. */
export type EndpointBuilder = (
  stack: Stack, environment: PlannedEnvironment, deployed: DeployedModel,
) => EndpointOutputs;

/** What each kind of endpoint consists of; the plan's side of the same list is `ENDPOINT_KINDS`. */
export const ENDPOINT_BUILDERS: { readonly [K in EndpointKind]: EndpointBuilder } = {
  realtime: buildRealtime, serverless: buildServerless, asynchronous: buildAsynchronous,
  batch: buildBatch,
};
