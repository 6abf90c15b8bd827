import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { accept } from './suppress';

export interface EventMemoryProps {
  readonly key: IKey;
  /** Its name; CloudFormation makes one unless given. */
  readonly name?: string;
  /** Attribute by which items are found. */
  readonly partitionKey: string;
  /** Attribute by which they are in order, if that matters. */
  readonly sortKey?: string;
  /** Attribute with the time after which an item is removed; all stay unless given. */
  readonly expires?: string;
  /** What becomes of it with its stack. */
  readonly removalPolicy: RemovalPolicy;
  /** Why it needs no backup plan: what losing it would cost, or what is kept elsewhere. */
  readonly noBackup: string;
}

/** A table of which events were handled, and what came of them; every change of the last 35 days can be restored. */
export function makeEventMemory(scope: Construct, id: string, props: EventMemoryProps): dynamodb.Table {
  const table = new dynamodb.Table(scope, id, {
    tableName: props.name,
    partitionKey: { name: props.partitionKey, type: dynamodb.AttributeType.STRING },
    sortKey: props.sortKey === undefined ? undefined : { name: props.sortKey, type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: props.expires,
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: props.key,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: props.removalPolicy,
  });
  accept(table, { rule: 'NIST.800.53.R5-DynamoDBInBackupPlan', reason: props.noBackup });
  return table;
}
