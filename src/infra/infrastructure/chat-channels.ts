import * as chatbot from 'aws-cdk-lib/aws-chatbot';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { DeliveryPlan } from '../../plan/model';
import { fill } from '../shared/fill';
import { makeRole } from '../shared/planned-role';

/**
 * Shows the messages of a topic in channels of Slack and Microsoft Teams. Somebody has connected the workspace or team
 * in the console once, which CloudFormation cannot do.
 */
export class ChatChannels extends Construct {
  public constructor(scope: Construct, id: string, plan: DeliveryPlan, topic: sns.ITopic) {
    super(scope, id);
    const { delivery: { notifications: { chat: { slack, teams } = {} } }, infrastructure: { chat, roles } } = plan;
    const shared = {
      iamRoleArn: makeRole(this, 'Role', roles.chat!).roleArn,
      snsTopicArns: [topic.topicArn],
      // Without one a channel has a guardrail that allows everything (schema of the resource).
      guardrailPolicies: [fill(this, 'arn:{partition}:iam::aws:policy/AWSDenyAll')],
      loggingLevel: 'ERROR',
    };
    if (slack && chat?.slack) {
      new chatbot.CfnSlackChannelConfiguration(this, 'Slack', {
        ...shared, configurationName: chat.slack, slackWorkspaceId: slack.workspaceId, slackChannelId: slack.channelId,
      });
    }
    if (teams && chat?.teams) {
      new chatbot.CfnMicrosoftTeamsChannelConfiguration(this, 'Teams', {
        ...shared, configurationName: chat.teams, teamsTenantId: teams.tenantId, teamId: teams.teamId,
        teamsChannelId: teams.channelId,
      });
    }
  }
}
