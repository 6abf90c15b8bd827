import type { Conditions, People } from './role-model';
import type { PeopleOptions } from '../../options/approvers';

/** One statement of the trust policy of a role that people assume. */
export interface Trust {
  /** The account that is let in; what its own policies allow on top decides. Or the providers whose word counts. */
  readonly principal: { readonly account: string } | { readonly saml: readonly string[] };
  readonly actions: readonly string[];
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
export function trustOf(people: People): Trust[] {
  const { account = '{account}', named, bound = false } = people;
  const ways = named ? waysOf(account, named) : everybody(account, bound);
  const saml = (named?.samlProviderArns ?? []).filter(arn =>
    people.account === undefined || arn.split(':')[4] === people.account);
  return [
    ...ways.map(({ owner, who, how }): Trust => ({
      principal: { account: owner }, actions: [ASSUME],
      conditions: { ...who, ...(bound ? BOUND[how] : how === 'user' ? SECOND_FACTOR : {}) },
    })),
    ...(bound ? identify(ways) : []),
    ...(saml.length > 0 ? throughSaml(saml, bound) : []),
  ];
}

/** Path of the roles that Identity Center makes. */
const IDENTITY_CENTER = 'aws-reserved/sso.amazonaws.com';

/** People of an account, and how they came in. */
interface Way {
  readonly owner: string;
  readonly who: Conditions;
  readonly how: 'user' | 'role' | 'identityCenter';
}

function everybody(owner: string, bound: boolean): Way[] {
  const all = (kind: string): Conditions => ({
    ArnLike: { 'aws:PrincipalArn': `arn:{partition}:iam::${owner}:${kind}/*` },
  });
  return [
    { owner, who: all('user'), how: 'user' }, { owner, who: all('role'), how: 'role' },
    ...(bound ? [{ owner, who: all(`role/${IDENTITY_CENTER}`), how: 'identityCenter' as const }] : []),
  ];
}

function waysOf(account: string, { userArns = [], roleArns = [], permissionSets = [] }: PeopleOptions): Way[] {
  const equal = (arns: readonly string[]): Conditions => ({ ArnEquals: { 'aws:PrincipalArn': arns } });
  return [
    ...byAccount(userArns).map(([owner, arns]): Way => ({ owner, who: equal(arns), how: 'user' })),
    ...byAccount(roleArns).map(([owner, arns]): Way => ({ owner, who: equal(arns), how: 'role' })),
    ...(permissionSets.length > 0 ? [{
      owner: account, how: 'identityCenter' as const,
      who: { ArnLike: { 'aws:PrincipalArn': permissionSets.flatMap(set => rolesOfSet(account, set)) } },
    }] : []),
  ];
}

const ASSUME = 'sts:AssumeRole';
const IDENTIFY = 'sts:SetSourceIdentity';

/**
 * What binds the new session to whoever takes the role on. `sts:RoleSessionName` and `sts:SourceIdentity` are what is
 * asked for (IAM user guide, "IAM and AWS STS condition context keys"); a variable without a value matches nothing.
 */
const BOUND: { readonly [H in Way['how']]: Conditions } = {
  // IAM itself says who the user is.
  user: {
    ...SECOND_FACTOR,
    StringEquals: { 'sts:RoleSessionName': '${aws:username}', 'sts:SourceIdentity': '${aws:username}' },
  },
  // The identity provider has set the source identity, which no later session can change. Whoever has none would set
  // one himself.
  role: { Null: { 'aws:SourceIdentity': 'false' }, StringEquals: { 'sts:RoleSessionName': '${aws:SourceIdentity}' } },
  // Identity Center names its sessions after its users; `aws:userid` ends with the name of the session, which has no
  // colon and no star in it.
  identityCenter: {
    StringLike: { 'aws:userid': '*:${sts:RoleSessionName}' },
    StringEquals: { 'sts:SourceIdentity': '${sts:RoleSessionName}' },
  },
};

/**
 * Setting a source identity, or handing the own one on, is a right beside the one to take a role on. It lets nobody in
 * by itself, and which identity it may be is asked of whoever takes the role on.
 */
function identify(ways: readonly Way[]): Trust[] {
  return [...new Set(ways.map(({ owner }) => owner))].map(account => ({
    principal: { account }, actions: [IDENTIFY], conditions: {},
  }));
}

/** Where people of each partition sign in by SAML (IAM user guide, "Configure your SAML 2.0 IdP"). */
const SIGN_IN: { readonly [partition: string]: string } = {
  'aws-cn': 'signin.amazonaws.cn', 'aws-us-gov': 'signin.amazonaws-us-gov.com',
};

/** Straight from the identity provider, as the console needs it; bound, its assertion must say who it is. */
function throughSaml(saml: readonly string[], bound: boolean): Trust[] {
  const host = SIGN_IN[saml[0].split(':')[1]] ?? 'signin.aws.amazon.com';
  const audience = { StringEquals: { 'SAML:aud': `https://${host}/saml` } };
  const named: Conditions = bound ? { Null: { 'sts:SourceIdentity': 'false' } } : {};
  return [
    { principal: { saml }, actions: ['sts:AssumeRoleWithSAML'], conditions: { ...audience, ...named } },
    ...(bound ? [{ principal: { saml }, actions: [IDENTIFY], conditions: {} }] : []),
  ];
}

/**
 * The role of a permission set has a suffix of 16 characters that changes when the set is assigned anew, and the region
 * of Identity Center in its path unless that is us-east-1 (IAM Identity Center user guide, "Referencing permission sets
 * in resource policies"). Only Identity Center makes roles below `aws-reserved/`. Sixteen times `?` and not `*`, which
 * would take sets in whose name more follows.
 */
function rolesOfSet(account: string, set: string): string[] {
  return ['', '*/'].map(region => `arn:{partition}:iam::${account}:role/${IDENTITY_CENTER}/${region}`
    + `AWSReservedSSO_${set}_${'?'.repeat(16)}`);
}

function byAccount(arns: readonly string[]): Array<[string, string[]]> {
  const owner = (arn: string) => arn.split(':')[4];
  return [...new Set(arns.map(owner))].sort().map(account => [account, arns.filter(arn => owner(arn) === account)]);
}

/** Who is let in, in words. */
export function namesOf({ named, bound = false }: Pick<People, 'named' | 'bound'>): string {
  const own = bound ? ', each under the own name' : '';
  if (!named) { return `roles of the account, and its IAM users with MFA${own}`; }
  const short = (arn: string) => arn.split(':').slice(4).join(':').replace(/:(user|role|saml-provider)\//, ':');
  const parts: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['users with MFA: ', (named.userArns ?? []).map(short)], ['roles: ', (named.roleArns ?? []).map(short)],
    ['permission sets: ', named.permissionSets ?? []], ['SAML: ', (named.samlProviderArns ?? []).map(short)],
  ];
  return parts.flatMap(([kind, names]) => (names.length > 0 ? [kind + names.join(', ')] : [])).join('; ') + own;
}
