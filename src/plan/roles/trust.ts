import type { Conditions, People } from './role-model';
import type { PeopleOptions } from '../../options/approvers';

/** One statement of the trust policy of a role that people assume. */
export interface Trust {
  /** The account that is let in; what its own policies allow on top decides. */
  readonly account: string;
  readonly conditions: Conditions;
}

/** For how long, in seconds: the shortest that IAM takes (IAM API reference, CreateRole, MaxSessionDuration). */
export const PEOPLE_SESSION = 3600;

/**
 * A role's session carries no second factor that AWS knows of: federation says nothing of it, and chained roles lose it
 * (IAM user guide, "AWS global condition context keys", aws:MultiFactorAuthPresent). So it is asked of users alone.
 * `Bool` without `IfExists` keeps out access keys, which do not have the key.
 */
const SECOND_FACTOR: Conditions = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

/**
 * Who may take the role on. Users and roles are named in a condition, as everywhere: `aws:PrincipalArn` is the ARN of
 * the user, or of the role behind a session, with its path (the same page).
 */
export function trustOf({ account = '{account}', named }: People): Trust[] {
  if (!named) {
    const all = (kind: string): Conditions => ({
      ArnLike: { 'aws:PrincipalArn': `arn:{partition}:iam::${account}:${kind}/*` },
    });
    return [{ account, conditions: { ...all('user'), ...SECOND_FACTOR } }, { account, conditions: all('role') }];
  }
  const { userArns = [], roleArns = [], permissionSets = [] } = named;
  return [
    ...byAccount(userArns).map(([owner, arns]): Trust => ({
      account: owner, conditions: { ArnEquals: { 'aws:PrincipalArn': arns }, ...SECOND_FACTOR },
    })),
    ...byAccount(roleArns).map(([owner, arns]): Trust => ({
      account: owner, conditions: { ArnEquals: { 'aws:PrincipalArn': arns } },
    })),
    ...(permissionSets.length > 0 ? [{
      account, conditions: { ArnLike: { 'aws:PrincipalArn': permissionSets.flatMap(set => rolesOfSet(account, set)) } },
    }] : []),
  ];
}

/**
 * The role of a permission set has a suffix of 16 characters that changes when the set is assigned anew, and the region
 * of Identity Center in its path unless that is us-east-1 (IAM Identity Center user guide, "Referencing permission sets
 * in resource policies"). Only Identity Center makes roles below `aws-reserved/`. Sixteen times `?` and not `*`, which
 * would take sets in whose name more follows.
 */
function rolesOfSet(account: string, set: string): string[] {
  return ['', '*/'].map(region => `arn:{partition}:iam::${account}:role/aws-reserved/sso.amazonaws.com/${region}`
    + `AWSReservedSSO_${set}_${'?'.repeat(16)}`);
}

function byAccount(arns: readonly string[]): Array<[string, string[]]> {
  const owner = (arn: string) => arn.split(':')[4];
  return [...new Set(arns.map(owner))].sort().map(account => [account, arns.filter(arn => owner(arn) === account)]);
}

/** Who is let in, in words. */
export function namesOf(named: PeopleOptions | undefined): string {
  if (!named) { return 'roles of the account, and its IAM users with MFA'; }
  const short = (arn: string) => arn.split(':').slice(4).join(':').replace(/:(user|role)\//, ':');
  const parts: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['users with MFA: ', (named.userArns ?? []).map(short)], ['roles: ', (named.roleArns ?? []).map(short)],
    ['permission sets: ', named.permissionSets ?? []],
  ];
  return parts.flatMap(([kind, names]) => (names.length > 0 ? [kind + names.join(', ')] : [])).join('; ');
}
