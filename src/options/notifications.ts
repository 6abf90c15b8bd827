/**
 * Who hears about failed builds, trainings and deployments, and about deployments that wait for an approval by hand.
 */
export interface NotificationOptions {
  /**
   * E-mail addresses, at most 20; each has to confirm its subscription once.
   *
   * @default - nobody; the topic is there to be subscribed to
   */
  readonly emailAddresses?: string[];

  /**
   * ARN of an existing SNS topic in the tooling account and region, which has to let EventBridge (without a condition),
   * CloudWatch and the deploy pipelines publish.
   *
   * @default - a topic is made, encrypted with a key of its own stack
   */
  readonly topicArn?: string;
}
