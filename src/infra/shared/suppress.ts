import { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** One finding that is accepted, and why. */
export interface Accepted {
  /** Rule, for example `AwsSolutions-S1` (cdk-nag) or `CKV_AWS_18` (checkov). */
  readonly rule: string;
  readonly reason: string;
  /** cdk-nag only: exactly these findings of the rule. */
  readonly findings?: readonly string[];
}

/**
 * Notes in a resource's metadata which findings are accepted; both tools read it from the template, so neither is a
 * dependency.
 */
export function accept(construct: IConstruct, ...accepted: readonly Accepted[]): void {
  const resource = (construct instanceof CfnResource ? construct : construct.node.defaultChild) as CfnResource;
  const nag = accepted.filter(a => !a.rule.startsWith('CKV')).map(a => ({
    id: a.rule,
    reason: a.reason,
    ...(a.findings ? { applies_to: a.findings } : {}),
  }));
  const checkov = accepted.filter(a => a.rule.startsWith('CKV')).map(a => ({ id: a.rule, comment: a.reason }));
  if (nag.length > 0) {
    const before = (resource.getMetadata('cdk_nag')?.rules_to_suppress ?? []) as object[];
    resource.addMetadata('cdk_nag', { rules_to_suppress: [...before, ...nag] });
  }
  if (checkov.length > 0) {
    const before = (resource.getMetadata('checkov')?.skip ?? []) as object[];
    resource.addMetadata('checkov', { skip: [...before, ...checkov] });
  }
}
