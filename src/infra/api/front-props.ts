import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ApiSettings } from '../../plan/api/settings';

/** What an API is made from, whatever its kind. */
export interface FrontProps {
  readonly settings: ApiSettings;
  readonly apiName: string;
  /** Log group of its accesses. */
  readonly accessLog: string;
  /** The alias that it calls. */
  readonly handlerArn: string;
  /** With which it calls it. */
  readonly gatewayRole: iam.IRole;
  readonly key: IKey;
  /** Whether answers are asked for later, by an ID. */
  readonly isAsynchronous: boolean;
  /** Types of requests and answers that are no text. */
  readonly binaryTypes: readonly string[];
}

/** An API that was made. */
export interface Front {
  /** Where it is called, without a slash at the end. */
  readonly address: string;
  /** Its ID in API Gateway. */
  readonly apiId: string;
}

/** The answers of the API about itself and its model, and predictions. */
export function routesOf({ settings, isAsynchronous }: FrontProps): ReadonlyArray<readonly ['GET' | 'POST', string]> {
  return [
    ['POST', settings.path],
    ...(isAsynchronous ? [['GET', `${settings.path}/{id}`] as const] : []),
    ['GET', 'schema'], ['GET', 'openapi.json'], ['GET', 'health'], ['GET', 'version'],
  ];
}

/** What a page may send, and what it may read of an answer. */
export const CORS_HEADERS = [
  'Authorization', 'Content-Type', 'Accept', 'X-Amz-Date', 'X-Amz-Security-Token', 'X-Api-Key', 'X-Inference-Id',
  'Traceparent',
];
export const CORS_EXPOSED = ['Location', 'Retry-After', 'X-Inference-Id'];
export const CORS_METHODS = ['GET', 'POST', 'OPTIONS'];

/**
 * One line for each request, as JSON: who asked for what, and what came of it, no body, no token, no query (API Gateway
 * developer guide, "Customize HTTP API access logs", "Set up CloudWatch logging for REST APIs").
 */
export function accessLine(...more: ReadonlyArray<readonly [string, string]>): string {
  return JSON.stringify(Object.fromEntries([
    ['requestId', '$context.requestId'],
    ['time', '$context.requestTimeEpoch'],
    ['ip', '$context.identity.sourceIp'],
    ['method', '$context.httpMethod'],
    ['status', '$context.status'],
    ['bytes', '$context.responseLength'],
    ['milliseconds', '$context.responseLatency'],
    ['integrationMilliseconds', '$context.integrationLatency'],
    ['integrationStatus', '$context.integration.status'],
    ['error', '$context.error.responseType'],
    ...more,
  ]));
}
