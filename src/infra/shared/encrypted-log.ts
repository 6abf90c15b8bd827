import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fill } from './fill';
import { accept } from './suppress';
import { arn } from '../../plan/arn';

/**
 * What a log tells: `evidence` of what was built, approved, deployed and served, kept when its stack goes, or how an
 * errand was run, which goes with the stack.
 */
export type LogContent = 'evidence' | 'errand';

/**
 * A log group under a key, whose entries are kept for a year.
 *
 * One that is kept has a literal name, so that a stack that is made again can import it
 * (`cdk deploy --import-existing-resources`).
 *
 * CloudWatch Logs works with a key only when the key's own policy names the service, and refuses to make the group
 * otherwise; the CDK leaves that policy to its user (CloudWatch Logs guide, "Encrypt log data using AWS KMS"). The
 * policy of a key that is only referred to cannot be changed here, so there CloudWatch Logs encrypts with a key of its
 * own.
 */
export function encryptedLog(
  scope: Construct, id: string, name: string, key: IKey, content: LogContent,
): logs.LogGroup {
  const isOurs = letLogsUse(scope, key, name);
  const group = new logs.LogGroup(scope, id, {
    logGroupName: name,
    encryptionKey: isOurs ? key : undefined,
    retention: logs.RetentionDays.ONE_YEAR,
    removalPolicy: content === 'evidence' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  });
  if (!isOurs) {
    accept(group, {
      rule: 'CKV_AWS_158',
      reason: 'The key is somebody else\'s, and its policy may not name CloudWatch Logs, which would refuse the group.',
    });
  }
  return group;
}

/**
 * Lets CloudWatch Logs use a key for log groups of this name, which may hold `*` and `?`.
 *
 * @returns whether the key's policy could be changed
 */
export function letLogsUse(scope: Construct, key: IKey, name: string): boolean {
  return key.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(fill(scope, 'logs.{region}.{urlSuffix}'))],
    // As in that guide: the service chooses among the variants of each call. The condition admits only this log group.
    actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    resources: ['*'],
    conditions: {
      [/[*?]/.test(name) ? 'ArnLike' : 'ArnEquals']: {
        'kms:EncryptionContext:aws:logs:arn': fill(scope, arn({}, 'logs', `log-group:${name}`)),
      },
    },
  })).statementAdded;
}
