import type * as gateway from 'aws-cdk-lib/aws-apigateway';
import { accept } from '../shared/suppress';

/** A method that asks for no signature: a preflight request, or an API that is private or asks for an API key. */
export function acceptUnauthorised(method: gateway.Method): void {
  const reason = 'A browser sends no credentials with a preflight request; other methods without a signature there are '
    + 'only where the API is private or asks for an API key, as the options say.';
  accept(
    method,
    { rule: 'AwsSolutions-APIG4', reason }, { rule: 'AwsSolutions-COG4', reason }, { rule: 'CKV_AWS_59', reason },
  );
}

/** A method whose requests are signed. */
export function acceptSigned(method: gateway.Method): void {
  accept(method, { rule: 'AwsSolutions-COG4', reason: 'Requests are signed with AWS credentials; nobody logs in.' });
}

/** What is accepted of a REST API and its stage. */
export function acceptRest(api: gateway.RestApi, hasFirewall: boolean): void {
  const stage = api.deploymentStage;
  const log = 'The access log has a line for each request, and the handler\'s log what came of it. API Gateway would '
    + 'write an execution log to a group without a key, and headers into it.';
  const cache = 'Each answer belongs to one request; none is kept.';
  accept(
    stage,
    { rule: 'AwsSolutions-APIG6', reason: log }, { rule: 'NIST.800.53.R5-APIGWExecutionLoggingEnabled', reason: log },
    { rule: 'NIST.800.53.R5-APIGWCacheEnabledAndEncrypted', reason: cache },
    { rule: 'CKV_AWS_120', reason: cache },
    {
      rule: 'NIST.800.53.R5-APIGWSSLEnabled',
      reason: 'Behind the API is a function, which is called with a role; a client certificate is for HTTP servers.',
    },
    {
      rule: 'CKV_AWS_73',
      reason: 'X-Ray is in maintenance; the handler sends traces by OpenTelemetry where the options say so.',
    },
    ...(hasFirewall ? [] : ['AwsSolutions-APIG3', 'NIST.800.53.R5-APIGWAssociatedWithWAF'].map(rule => ({
      rule, reason: 'Requests are signed, private or have an API key, and are throttled; options add a web ACL.',
    }))),
  );
}
