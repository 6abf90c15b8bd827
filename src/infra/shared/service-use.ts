import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/**
 * Lets services that work in their own name use a key for what they send to encrypted topics and queues, so the key's
 * own policy must let them in.
 *
 * There is no condition, because EventBridge does not say to KMS for which account or rule it works (SNS guide, "Key
 * management"): messages would be lost unseen. The policies of the queues do have conditions, and the topic's has them
 * for the other services.
 */
export function letServicesSend(key: IKey, ...services: readonly string[]): void {
  for (const service of services) {
    key.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`${service}.amazonaws.com`)],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    }));
  }
}
