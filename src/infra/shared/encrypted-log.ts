import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { fill } from './fill';
import { arn } from '../../plan/arn';

/**
 * What a log tells: `evidence` of what was built, approved and deployed, kept when its stack goes, or how an errand was
 * run, which goes with the stack.
 */
export type LogContent = 'evidence' | 'errand';

/**
 * A log group under a key, whose entries are kept for a year.
 *
 * One that is kept has a literal name, so that a stack that is made again can import it
 * (`cdk deploy --import-existing-resources`).
 *
 * CloudWatch Logs works with a key only when the key's own policy names the service, and refuses to make the group
 * otherwise; the CDK leaves that policy to its user (CloudWatch Logs guide, "Encrypt log data using AWS KMS").
 */
export function encryptedLog(
  scope: Construct, id: string, name: string, key: IKey, content: LogContent,
): logs.LogGroup {
  key.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(fill(scope, 'logs.{region}.{urlSuffix}'))],
    // As in that guide: the service chooses among the variants of each call. The condition admits only this log group.
    actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    resources: ['*'],
    conditions: {
      ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': fill(scope, arn({}, 'logs', `log-group:${name}`)) },
    },
  }));
  return new logs.LogGroup(scope, id, {
    logGroupName: name,
    encryptionKey: key,
    retention: logs.RetentionDays.ONE_YEAR,
    removalPolicy: content === 'evidence' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  });
}
