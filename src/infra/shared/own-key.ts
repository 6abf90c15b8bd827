import * as kms from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { KEY_TAG } from '../../plan/names/key-tag';

/**
 * A rotating key under a planned alias; other stacks name it by the alias alone. A key that is there already gets the
 * alias and is left as it is.
 */
export function makeKey(
  scope: Construct, id: string, alias: string, description: string, existingArn?: string,
): kms.IKey {
  if (existingArn !== undefined) {
    const key = kms.Key.fromKeyArn(scope, id, existingArn);
    new kms.Alias(scope, `${id}Alias`, { aliasName: alias, targetKey: key });
    return key;
  }
  const key = new kms.Key(scope, id, {
    alias,
    description,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  Tags.of(key).add(KEY_TAG, alias);
  return key;
}
