import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { DeliveryPlan } from '../../plan/model';
import { hostIdentity } from '../../plan/workflows/host-identity';

/**
 * The account's trust in tokens of the repository's host, of which an account has one; nothing where another engine runs
 * the delivery, or there is one already. By itself it lets nobody in: what a token must say stands in the trust of each
 * role. IAM checks the certificate by its own authorities, so no thumbprint is named (IAM user guide, "Obtain the
 * thumbprint for an OpenID Connect identity provider").
 */
export function makeIdentityProvider(scope: Construct, plan: DeliveryPlan): iam.OidcProviderNative | undefined {
  const identity = hostIdentity(plan);
  if (!identity || identity.given !== undefined) { return undefined; }
  return new iam.OidcProviderNative(scope, identity.id, {
    url: `https://${identity.issuer}`, clientIds: [...identity.audiences],
  });
}
