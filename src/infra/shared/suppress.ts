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

/** What is accepted of a bucket of access logs. */
export function acceptAccessLogs(logs: IConstruct): void {
  const reason = 'This bucket receives the access logs; logging its own would never end.';
  accept(
    logs,
    { rule: 'AwsSolutions-S1', reason }, { rule: 'CKV_AWS_18', reason },
    { rule: 'NIST.800.53.R5-S3BucketLoggingEnabled', reason },
    {
      rule: 'NIST.800.53.R5-S3DefaultEncryptionKMS',
      reason: 'S3 cannot deliver access logs to a bucket that is encrypted with a customer-managed key by default.',
    },
    {
      rule: 'NIST.800.53.R5-S3BucketReplicationEnabled',
      reason: 'Access logs are delivered on a best-effort basis and removed after 400 days.',
    },
  );
}

/** An alarm without an action: something else tells people of what it is about, and says what. */
export function acceptQuietAlarm(alarm: IConstruct, reason: string): void {
  accept(alarm, { rule: 'NIST.800.53.R5-CloudWatchAlarmAction', reason });
}
