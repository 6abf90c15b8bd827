import type { ChatOptions } from './chat';
import type { TopicArn } from './limits';

/**
 * One "@", no blanks, a domain with a dot, 320 characters (RFC 3696 with errata 1690: 64 before the "@", 255 behind
 * it).
 *
 * @pattern ^[^@\s\p{Cc}"(),:;<>\[\]\\]{1,64}@(?=.{4,255}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$
 * @allowed an e-mail address (name@example.org)
 * @examples ["ml-team@example.org"]
 */
type EmailAddress = string;

/**
 * Who is notified of failed builds, trainings and deployments, and of deployments that wait for a manual approval.
 */
export interface NotificationOptions {
  /**
   * E-mail addresses; each recipient confirms the subscription once. Without any, subscribe to the topic yourself.
   *
   * @maxItems 20
   * @uniqueItems
   * @default []
   */
  readonly emailAddresses?: EmailAddress[];

  /**
   * ARN of an existing SNS topic in the tooling account and region, which must let EventBridge (without a condition),
   * CloudWatch and the deploy pipelines publish.
   *
   * @default - a topic is created, encrypted with a key of its stack
   */
  readonly topicArn?: TopicArn;

  /**
   * Channels of chat applications that messages are shown in.
   *
   * @default - none
   * @decides names
   */
  readonly chat?: ChatOptions;
}
