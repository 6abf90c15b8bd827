import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { fill } from './fill';

/** What roles of other accounts may do with a resource. */
export interface ForeignGrant {
  readonly sid: string;
  /** ARNs of the roles, as the plan writes them. */
  readonly roles: readonly string[];
  readonly actions: readonly string[];
  /** None in the policy of a repository, which is about itself. */
  readonly resources?: readonly string[];
  /** Beside that on the roles. */
  readonly conditions?: { readonly [operator: string]: { readonly [key: string]: string } };
}

/**
 * The statement of a resource's policy that lets in exactly these roles of other accounts.
 *
 * The accounts are the principals and the roles a condition: a role must exist before a policy can name it as a
 * principal, and is another one to the policy when it is made anew (IAM user guide, "AWS JSON policy elements:
 * Principal").
 */
export function letIn(scope: IConstruct, grant: ForeignGrant): iam.PolicyStatement {
  const roles = unique(grant.roles);
  const accounts = unique(roles.map(role => role.split(':')[4]));
  return new iam.PolicyStatement({
    sid: grant.sid,
    principals: accounts.map(account => new iam.ArnPrincipal(accountRoot(scope, account))),
    actions: [...grant.actions],
    resources: grant.resources && [...grant.resources],
    conditions: { ...grant.conditions, ArnEquals: { 'aws:PrincipalArn': roles.map(role => fill(scope, role)) } },
  });
}

/** An account as a principal. */
export function accountRoot(scope: IConstruct, account: string): string {
  return fill(scope, `arn:{partition}:iam::${account}:root`);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
