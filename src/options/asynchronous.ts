import type { TopicArn } from './limits';

/** An asynchronous endpoint: it takes requests from S3, queues them, and writes answers to S3. */
export interface AsynchronousOptions {
  /**
   * Requests that one instance's container gets at the same time.
   *
   * @asType integer
   * @minimum 1
   * @maximum 1000
   * @default - SageMaker decides
   */
  readonly maxConcurrentInvocationsPerInstance?: number;

  /**
   * ARN of an SNS topic in the environment's region that is notified of each answer. If the topic is encrypted, its key
   * policy must let the model's role use the key.
   *
   * @default - no notification
   */
  readonly successTopicArn?: TopicArn;

  /**
   * ARN of an SNS topic in the environment's region that is notified of each request that failed.
   *
   * @default - no notification
   */
  readonly errorTopicArn?: TopicArn;
}
