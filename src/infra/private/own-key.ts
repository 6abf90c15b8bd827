import * as kms from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { accept } from './suppress';

/** A rotating key under a planned alias; other stacks name it by the alias alone. */
export function makeKey(scope: Construct, id: string, alias: string, description: string): kms.Key {
  const key = new kms.Key(scope, id, { alias, description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
  const reason = 'A key policy speaks of its own key as "*"; only this account\'s administrators and IAM policies are let in.';
  accept(key, { rule: 'CKV_AWS_33', reason });
  return key;
}
