import type { Policies, PolicyDocument } from '../../../testing/iam/policies';

const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
};

/** An account that has nothing to do with any delivery. */
export const STRANGER = '999999999999';

/**
 * The policies with an administrator's role in an account: whatever it cannot do is kept by the policies of the other
 * side.
 */
export function withAdministrator(
  policies: Policies, account: string,
): { readonly policies: Policies; readonly administrator: string } {
  const administrator = `arn:aws:iam::${account}:role/administrator`;
  const role = {
    account, region: '', stack: '', logicalId: '', arn: administrator, trust: EVERYTHING, managedPolicies: [],
    suppressions: [],
    policies: [{ name: 'AdministratorAccess', document: EVERYTHING }],
  };
  return { administrator, policies: { ...policies, roles: new Map([...policies.roles, [administrator, role]]) } };
}
