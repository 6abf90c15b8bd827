import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { accept } from './suppress';

/** Findings about a function that works through a queue. */
export function acceptWorker(made: lambda.CfnFunction): void {
  accept(
    made,
    {
      rule: 'CKV_AWS_116',
      reason: 'It works through a queue, which lays aside what fails; nothing calls it asynchronously.',
    },
    {
      rule: 'CKV_AWS_115',
      reason: 'Its queue calls it at most twice at the same time; reserved concurrency would be taken from others.',
    },
    ...NIST,
  );
}

/** Findings about a function that is called over HTTP. */
export function acceptWebhook(made: lambda.CfnFunction): void {
  const reason = 'It is called over HTTP: whoever calls gets the answer, and calls again.';
  accept(
    made,
    { rule: 'CKV_AWS_116', reason },
    { rule: 'NIST.800.53.R5-LambdaDLQ', reason },
    ...NIST.filter(({ rule }) => rule.endsWith('VPC')),
  );
}

const NIST = [
  {
    rule: 'NIST.800.53.R5-LambdaConcurrency',
    reason: 'What calls it limits how many of it run at the same time; reserved concurrency would be taken from others.',
  },
  {
    rule: 'NIST.800.53.R5-LambdaDLQ',
    reason: 'It works through a queue, which lays aside what fails; nothing calls it asynchronously.',
  },
  {
    rule: 'NIST.800.53.R5-LambdaInsideVPC',
    reason: 'It calls only public endpoints of AWS and of Jira, each over TLS, and nothing in a VPC.',
  },
];
