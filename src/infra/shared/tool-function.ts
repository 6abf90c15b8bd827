import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { encryptedLog } from './encrypted-log';
import { accept } from './suppress';
import { toolsAsset } from './tools-asset';
import { functionLog } from '../../plan/logs';

export interface ToolFunctionProps {
  readonly name: string;
  readonly description: string;
  readonly role: iam.Role;
  readonly key: IKey;
  /** Tools that it consists of, below `tools/`, and further files of JSON beside them. */
  readonly tools: readonly string[];
  readonly files?: { readonly [file: string]: object };
  /** `module.function` in one of them. */
  readonly handler: string;
  readonly variables?: { readonly [name: string]: string };
  readonly timeoutSeconds: number;
  /** How many of it run at the same time at most; not limited unless given. */
  readonly concurrency?: number;
  /** Keeps events that an asynchronous call failed for; none for what is called over HTTP or from a queue. */
  readonly deadLetters?: IQueue;
}

/** A function that runs our tools: Python with the SDK of its runtime, and nothing of the repository. */
export function makeFunction(scope: Construct, id: string, props: ToolFunctionProps): lambda.CfnFunction {
  const log = encryptedLog(scope, `${id}Log`, functionLog(props.name), props.key, 'evidence');
  const code = toolsAsset(scope, props.tools, props.files);
  const made = new lambda.CfnFunction(scope, id, {
    functionName: props.name,
    description: props.description,
    runtime: lambda.Runtime.PYTHON_3_14.name,
    architectures: ['arm64'],
    handler: props.handler,
    code: { s3Bucket: code.s3BucketName, s3Key: code.s3ObjectKey },
    role: props.role.roleArn,
    kmsKeyArn: props.key.keyArn,
    environment: { variables: { ...props.variables } },
    memorySize: 512,
    timeout: props.timeoutSeconds,
    reservedConcurrentExecutions: props.concurrency,
    deadLetterConfig: props.deadLetters && { targetArn: props.deadLetters.queueArn },
    loggingConfig: { logGroup: log.logGroupName, logFormat: 'JSON' },
    tracingConfig: { mode: 'PassThrough' },
  });
  accept(
    made,
    { rule: 'CKV_AWS_117', reason: 'It calls only public endpoints of AWS, each over TLS, and nothing in a VPC.' },
    { rule: 'CKV_AWS_272', reason: 'Its code is an asset under the hash of its content, which the diff shows.' },
  );
  return made;
}
