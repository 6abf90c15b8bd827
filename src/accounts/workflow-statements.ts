import { actions, allow, type Service } from './statement';
import { ISSUER } from '../plan/workflows/trust';

/** The account's trust in tokens of GitHub Actions. */
export const identities: Service = ({ partition, account }) => [
  allow('Identities', actions('iam', `AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider
    DeleteOpenIDConnectProvider GetOpenIDConnectProvider ListOpenIDConnectProviderTags
    RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider
    UpdateOpenIDConnectProviderThumbprint`), [`arn:${partition}:iam::${account ?? '*'}:oidc-provider/${ISSUER}`]),
];

/** Where workflows find what stacks have published. */
export const parameters: Service = ({ named }) => [
  allow('Parameters', actions('ssm', `AddTagsToResource DeleteParameter GetParameters ListTagsForResource PutParameter
    RemoveTagsFromResource`), named('ssm', 'parameter/{}*')),
];
