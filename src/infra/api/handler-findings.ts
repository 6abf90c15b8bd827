import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { accept } from '../shared/suppress';

/** What is accepted of a handler. */
export function acceptHandler(handler: lambda.CfnFunction, reservedConcurrency: number | undefined): void {
  const queue = 'It is called by an API, which tells the caller of each failure; nothing is called without waiting.';
  const place = 'It calls only public endpoints of AWS, each over TLS, and nothing in a VPC.';
  accept(
    handler,
    { rule: 'CKV_AWS_117', reason: place }, { rule: 'NIST.800.53.R5-LambdaInsideVPC', reason: place },
    { rule: 'CKV_AWS_116', reason: queue }, { rule: 'NIST.800.53.R5-LambdaDLQ', reason: queue },
    { rule: 'CKV_AWS_272', reason: 'Its code is an asset under the hash of its content, which the diff shows.' },
    {
      rule: 'CKV_AWS_173',
      reason: 'Its variables are names and hashes, no secrets; Lambda encrypts them, and a version needs no key to '
        + 'start.',
    },
    ...(reservedConcurrency === undefined ? ['CKV_AWS_115', 'NIST.800.53.R5-LambdaConcurrency'].map(rule => ({
      rule, reason: 'The API is throttled; reserved concurrency is taken from the whole account, so an option sets it.',
    })) : []),
  );
}
