import { actions, allow, type Service } from './statement';
import { GITLAB } from '../plan/workflows/gitlab-trust';
import { ISSUER } from '../plan/workflows/trust';

/** The account's trust in tokens of GitHub Actions, or of gitlab.com. */
export const identities: Service = ({ plan, partition, account }) => [
  allow('Identities', actions('iam', `AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider
    DeleteOpenIDConnectProvider GetOpenIDConnectProvider ListOpenIDConnectProviderTags
    RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider
    UpdateOpenIDConnectProviderThumbprint`), [`arn:${partition}:iam::${account ?? '*'}:oidc-provider/${plan.delivery.engine.gitlab ? GITLAB : ISSUER}`]),
];

/** Where workflows find what stacks have published. */
export const parameters: Service = ({ named }) => [
  allow('Parameters', actions('ssm', `AddTagsToResource DeleteParameter GetParameters ListTagsForResource PutParameter
    RemoveTagsFromResource`), named('ssm', 'parameter/{}*')),
];
