import * as gateway from 'aws-cdk-lib/aws-apigateway';
import { Duration } from 'aws-cdk-lib/core';
import { CORS_EXPOSED, CORS_HEADERS, CORS_METHODS } from './front-props';
import { acceptUnauthorised } from './rest-findings';
import type { ApiSettings } from '../../plan/api/settings';

type Cors = NonNullable<ApiSettings['cors']>;

/**
 * What API Gateway answers itself is a problem too (RFC 9457). The handler's answers it does not touch.
 *
 * What is wrong with a body is not told here: the text has quotation marks, and variables are put into these answers as
 * they are (API Gateway developer guide, "Gateway responses for REST APIs").
 */
export function answersOfTheGateway(api: gateway.RestApi, cors: Cors | undefined): void {
  const answer = (id: string, type: gateway.ResponseType, status?: number) => api.addGatewayResponse(id, {
    type,
    statusCode: status === undefined ? undefined : String(status),
    templates: {
      'application/json': `{"type":"about:blank","title":$context.error.messageString,${
        status === undefined ? '' : `"status":${status},`}"instance":"$context.requestId"}`,
    },
    responseHeaders: { 'Content-Type': "'application/problem+json'", ...(cors ? corsHeaders(cors) : {}) },
  });
  answer('OtherClientErrors', gateway.ResponseType.DEFAULT_4XX);
  answer('OtherServerErrors', gateway.ResponseType.DEFAULT_5XX);
  answer('BadBody', gateway.ResponseType.BAD_REQUEST_BODY, 400);
  answer('TooLarge', gateway.ResponseType.REQUEST_TOO_LARGE, 413);
  answer('TooMany', gateway.ResponseType.THROTTLED, 429);
  answer('QuotaExceeded', gateway.ResponseType.QUOTA_EXCEEDED, 429);
  // API Gateway waited for the handler as long as it may.
  answer('TimedOut', gateway.ResponseType.INTEGRATION_TIMEOUT, 504);
}

/** Such a header has one origin; which of several asks, only the handler knows. */
function corsHeaders({ allowOrigins }: Cors): { [header: string]: string } {
  return {
    'Access-Control-Expose-Headers': `'${CORS_EXPOSED.join(',')}'`,
    ...(allowOrigins.length === 1 ? { 'Access-Control-Allow-Origin': `'${allowOrigins[0]}'` } : {}),
  };
}

/** Browsers send no credentials with a preflight request, so it needs none. */
export function preflight(resource: gateway.IResource, cors: Cors): void {
  acceptUnauthorised(resource.addCorsPreflight({
    allowOrigins: [...cors.allowOrigins],
    allowMethods: CORS_METHODS,
    allowHeaders: CORS_HEADERS,
    exposeHeaders: CORS_EXPOSED,
    maxAge: Duration.seconds(cors.maxAgeSeconds ?? 3600),
  }));
}
