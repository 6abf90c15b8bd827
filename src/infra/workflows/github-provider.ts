import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AUDIENCE, ISSUER } from '../../plan/workflows/trust';

/**
 * The account's trust in tokens of GitHub Actions, of which an account has one. By itself it lets nobody in: what a
 * token must say stands in the trust of each role. IAM checks the certificate by its own authorities, so no thumbprint
 * is named (IAM user guide, "Obtain the thumbprint for an OpenID Connect identity provider").
 */
export function makeGithubProvider(scope: Construct): iam.OidcProviderNative {
  return new iam.OidcProviderNative(scope, 'Github', { url: `https://${ISSUER}`, clientIds: [AUDIENCE] });
}
