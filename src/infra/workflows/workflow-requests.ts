import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { makeEventMemory } from '../shared/event-memory';

/** What waits to be built or deployed, what became of it, and who approved what (`tools/deploy/requests.py`). */
export function makeRequests(scope: Construct, name: string, key: IKey): dynamodb.Table {
  return makeEventMemory(scope, 'Requests', {
    key,
    name,
    partitionKey: 'kind',
    sortKey: 'id',
    expires: 'expires',
    removalPolicy: RemovalPolicy.DESTROY,
    noBackup: 'It holds what waits for minutes; losing it costs at most that a version is approved again.',
  });
}
