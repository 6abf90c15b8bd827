import type { ChatOptions } from '../chat';
import { showValue } from '../engine/option-error';
import { problem, rule, type RuleFamily } from '../engine/rule';

/**
 * Rules and alarms of the tooling account publish to the topic: CloudWatch takes topics of its own region and account
 * (CloudWatch user guide, "Notifying users on alarm changes"), an EventBridge rule only those of its own region.
 */
const topicRules: RuleFamily = () => ([['region', 3], ['account', 4]] as const).map(([field, part]) =>
  rule<[string?, string?]>(['notifications.topicArn', `tooling.${field}`], (arn, tooling) => (
    arn === undefined || tooling === undefined || arn.split(':')[part] === tooling ? [] : [problem(
      'notifications.topicArn', arn, `a topic in the tooling ${field} (${showValue(tooling)})`,
      'Give the ARN of an existing topic, or omit it and subscribe to the topic that the delivery creates.',
    )])));

export const notificationRules: RuleFamily = options => [
  ...topicRules(options),
  rule<[ChatOptions?]>(['notifications.chat'], chat => (
    chat === undefined || chat.slack !== undefined || chat.teams !== undefined ? [] : [problem(
      'notifications.chat', chat, 'an object with slack, teams, or both', 'Name a channel, or omit chat.',
    )])),
];
