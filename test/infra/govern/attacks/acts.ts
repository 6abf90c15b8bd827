import { organizationPolicies } from '../../../../src/accounts/organization-policy';
import { evaluate } from '../../../../testing/iam/evaluate';
import { document, type IamRole, type Policies } from '../../../../testing/iam/policies';
import type { Context, Request } from '../../../../testing/iam/request';
import { accountIn } from '../../../../testing/iam/resources';
import type { World } from '../../iam/calls/world';
import { EVERYTHING } from '../../iam/outsiders';

/** What somebody tries. */
export interface Act extends Request {
  /**
   * Who it is beside the role's own policies: a role of the delivery to which somebody has attached a policy that allows
   * everything, or somebody of the account whom his own policies allow everything; and whether the accounts have the
   * service control policies.
   */
  readonly as?: 'widened' | 'administrator' | 'governed administrator';
}

/** A case of the table: each of its acts must be denied, or each allowed. */
export interface Case {
  readonly name: string;
  readonly acts: readonly Act[];
}

/** Whether an act is allowed. */
export async function succeeds(policies: Policies, act: Act): Promise<boolean> {
  const { as, ...request } = act;
  const { organization, ...without } = policies;
  const all = as === 'governed administrator' ? { ...without, organization } : without;
  if (as === undefined) { return (await evaluate(all, request)).allowed; }
  const own = policies.roles.get(act.principal);
  const wide = { name: 'AdministratorAccess', document: EVERYTHING };
  const role: IamRole = own ? { ...own, policies: [...own.policies, wide] } : {
    account: accountIn(act.principal), region: '', stack: '', logicalId: '', arn: act.principal, trust: EVERYTHING,
    managedPolicies: [], suppressions: [], policies: [wide],
  };
  return (await evaluate({ ...all, roles: new Map([...all.roles, [act.principal, role]]) }, request)).allowed;
}

/** The policies of a delivery with those of its organization. */
export function governedPolicies(world: World): Policies {
  const organization = organizationPolicies(world.plan, 'aws').map(policy => document(policy));
  return { ...world.policies, organization };
}

/** Acts by each of some, on each of some resources. */
export function acts(
  principals: string | readonly string[], actions: string | readonly string[], resources: string | readonly string[],
  context?: Context, as?: Act['as'],
): Act[] {
  return [principals].flat().flatMap(principal => [actions].flat().flatMap(action => [resources].flat().map(
    (resource): Act => ({ principal, action, resource, ...(context ? { context } : {}), ...(as ? { as } : {}) }),
  )));
}
