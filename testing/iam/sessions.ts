import { evaluate } from './evaluate';
import type { IamRole, Policies, PolicyDocument } from './policies';
import type { Context, Request } from './request';
import { accountIn } from './resources';

const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
};

/** Somebody who takes a role on, and what STS is asked for. */
export interface SignIn {
  /** ARN of the IAM user, of the role behind the session, or of the SAML provider. */
  readonly who: string;
  /** The name of the session that asks, for roles; `aws:userid` ends with it. */
  readonly session?: string;
  /** The source identity that the session that asks has already. */
  readonly hasIdentity?: string;
  readonly mfa?: boolean;
  /** RoleSessionName and SourceIdentity of the request, or of the assertion. */
  readonly asksName: string;
  readonly asksIdentity?: string;
  readonly audience?: string;
}

/**
 * Whether somebody whom his own policies allow everything gets a session of a role. A source identity is asked for by a
 * right of its own, also where the session that asks hands its own on (IAM user guide, "Monitor and control actions
 * taken with assumed roles").
 */
export async function getsSession(policies: Policies, role: string, signIn: SignIn): Promise<boolean> {
  const { who, asksName, asksIdentity, hasIdentity, audience } = signIn;
  // A session keeps the source identity that it has; another one cannot be asked for.
  if (hasIdentity !== undefined && asksIdentity !== undefined && asksIdentity !== hasIdentity) { return false; }
  const identity = asksIdentity ?? hasIdentity;
  const isSaml = who.includes(':saml-provider/');
  const given: Context = {
    'sts:RoleSessionName': asksName,
    ...(asksIdentity === undefined ? {} : { 'sts:SourceIdentity': asksIdentity }),
  };
  const known = contextOf(signIn);
  const all = isSaml ? policies : { ...policies, roles: new Map([...policies.roles, [who, somebody(who)]]) };
  const ask = async (action: string, context: Context): Promise<boolean> => {
    const request: Request = { principal: who, action, resource: role, context };
    return (await evaluate(all, request)).allowed;
  };
  const assumed = isSaml
    ? await ask('sts:AssumeRoleWithSAML', { ...given, 'saml:aud': audience ?? 'https://signin.aws.amazon.com/saml' })
    : await ask('sts:AssumeRole', { ...known, ...given });
  return assumed && (identity === undefined
    || ask('sts:SetSourceIdentity', { ...known, 'sts:SourceIdentity': identity }));
}

function contextOf({ who, session, hasIdentity, mfa }: SignIn): Context {
  if (who.includes(':saml-provider/')) { return {}; }
  const isUser = who.includes(':user/');
  return {
    'aws:userid': isUser ? 'AIDAEXAMPLE' : `AROAEXAMPLE:${session ?? 'session'}`,
    ...(isUser ? { 'aws:username': who.split('/').pop()! } : {}),
    ...(hasIdentity === undefined ? {} : { 'aws:SourceIdentity': hasIdentity }),
    ...(mfa ? { 'aws:MultiFactorAuthPresent': 'true' } : {}),
  };
}

function somebody(arn: string): IamRole {
  return {
    account: accountIn(arn), region: '', stack: '', logicalId: '', arn, trust: EVERYTHING, managedPolicies: [],
    suppressions: [], policies: [{ name: 'AdministratorAccess', document: EVERYTHING }],
  };
}
