import * as iam from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fill, fillForNag, type Values } from './fill';
import { accept } from './suppress';
import type { Grant, PlannedRole, Principal } from '../../plan/roles/role-model';
import { PEOPLE_SESSION, type Trust, trustOf } from '../../plan/roles/trust';
import { claimsOfPipeline } from '../../plan/workflows/gitlab-trust';
import { claimsOf, JOB_SESSION_HOURS } from '../../plan/workflows/trust';

/** Makes a role of the plan: name, trust and policy all come from there. */
export function makeRole(scope: Construct, id: string, planned: PlannedRole, values: Values = {}): iam.Role {
  const role = new iam.Role(scope, id, {
    roleName: planned.name,
    description: planned.purpose,
    assumedBy: trusted(scope, planned.assumedBy),
    maxSessionDuration: sessionOf(planned.assumedBy),
    inlinePolicies: {
      plan: new iam.PolicyDocument({ statements: planned.grants.map(grant => statement(scope, grant, values)) }),
    },
  });
  accept(role, {
    rule: 'NIST.800.53.R5-IAMNoInlinePolicy',
    reason: 'The policy is of this role alone and goes with it; a managed one could be attached to others, too.',
  });
  for (const grant of planned.grants.filter(g => g.wildcard && g.effect !== 'Deny')) {
    const findings = [
      ...grant.actions.filter(hasStar).map(action => `Action::${action}`),
      ...grant.resources.filter(hasStar).map(resource => `Resource::${fillForNag(scope, resource)}`),
    ];
    accept(role, { rule: 'AwsSolutions-IAM5', reason: grant.wildcard!, findings });
  }
  return role;
}

/** For how long somebody may hold a role; services renew theirs. */
function sessionOf(who: Principal): Duration | undefined {
  if ('account' in who) { return Duration.seconds(PEOPLE_SESSION); }
  return 'job' in who ? Duration.hours(JOB_SESSION_HOURS) : undefined;
}

function statement(scope: Construct, grant: Grant, values: Values): iam.PolicyStatement {
  const filled = (text: string) => fill(scope, text, values);
  return new iam.PolicyStatement({
    sid: grant.sid,
    effect: grant.effect === 'Deny' ? iam.Effect.DENY : iam.Effect.ALLOW,
    actions: [...new Set(grant.actions)].sort(),
    resources: grant.resources.map(filled),
    conditions: grant.conditions && mapConditions(grant.conditions, filled),
  });
}

function mapConditions(
  conditions: NonNullable<Grant['conditions']>, filled: (text: string) => string,
): { [operator: string]: { [key: string]: string | string[] } } {
  return Object.fromEntries(Object.entries(conditions).map(([operator, tests]) => [
    operator,
    Object.fromEntries(Object.entries(tests).map(([key, value]) => [
      key,
      typeof value === 'string' ? filled(value) : value.map(filled),
    ])),
  ]));
}

/**
 * Services whose guides do not say that they tell STS for which account they take a role on (CodePipeline user guide,
 * "Create the CodePipeline service role"; CloudFormation user guide, "CloudFormation service role"). What they do tell
 * must fit; where they tell nothing they must not be kept out, or no pipeline and no stack could be made. They cannot
 * be handed the role by another account, because roles are passed within one (IAM user guide, "Pass a role to an AWS
 * service").
 */
const MAY_BE_SILENT = ['cloudformation.amazonaws.com', 'codepipeline.amazonaws.com'];

/**
 * A service may take a role on only for this account. Roles are named in a condition, not as principals: a principal
 * must exist before the role that trusts it, and stops matching when it is made anew.
 */
function trusted(scope: Construct, who: Principal): iam.IPrincipal {
  if ('service' in who) {
    const operator = MAY_BE_SILENT.includes(who.service) ? 'StringEqualsIfExists' : 'StringEquals';
    return new iam.ServicePrincipal(who.service, {
      conditions: who.anyAccount ? undefined : { [operator]: { 'aws:SourceAccount': fill(scope, '{account}') } },
    });
  }
  if ('account' in who) {
    return new iam.CompositePrincipal(...trustOf(who).map(trust => new TrustedPeople(scope, trust)));
  }
  if ('job' in who) {
    return new iam.WebIdentityPrincipal(
      fill(scope, who.job.provider), mapConditions(claimsOf(who.job), text => fill(scope, text)),
    );
  }
  if ('pipeline' in who) {
    return new iam.WebIdentityPrincipal(
      fill(scope, who.pipeline.provider), mapConditions(claimsOfPipeline(who.pipeline), text => fill(scope, text)),
    );
  }
  const [, , , , account] = who.roles[0].split(':');
  const arns = who.roles.map(arn => fill(scope, arn));
  return new iam.AccountPrincipal(fill(scope, account)).withConditions({
    ArnEquals: { 'aws:PrincipalArn': arns.length === 1 ? arns[0] : arns },
  });
}

/** People as a principal: one statement of the plan, with its own action. */
class TrustedPeople extends iam.PrincipalBase {
  public readonly policyFragment: iam.PrincipalPolicyFragment;

  public constructor(scope: Construct, private readonly trust: Trust) {
    super();
    const { principal, conditions } = trust;
    this.policyFragment = new iam.PrincipalPolicyFragment(
      'saml' in principal
        ? { Federated: principal.saml.map(arn => fill(scope, arn)) }
        : new iam.AccountPrincipal(fill(scope, principal.account)).policyFragment.principalJson,
      mapConditions(conditions, text => fill(scope, text)),
    );
  }

  public addToAssumeRolePolicy(document: iam.PolicyDocument): void {
    document.addStatements(new iam.PolicyStatement({ actions: [...this.trust.actions], principals: [this] }));
  }

  public dedupeString(): string | undefined {
    return undefined;
  }
}

function hasStar(text: string): boolean {
  return text.includes('*');
}
