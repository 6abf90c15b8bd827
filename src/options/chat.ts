/**
 * Identifier that Microsoft gives tenants and teams.
 *
 * @pattern ^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$
 * @allowed a UUID (8-4-4-4-12 hexadecimal digits)
 * @examples ["1a2b3c4d-0000-4000-8000-1a2b3c4d5e6f"]
 */
type MicrosoftId = string;

/** A channel of a Slack workspace that was connected in the console of Amazon Q Developer in chat applications. */
export interface SlackChannelOptions {
  /**
   * ID of the workspace.
   *
   * @pattern ^[0-9A-Z]{1,255}$
   * @allowed the ID of a workspace: capital letters and digits
   * @examples ["T0123ABCD"]
   */
  readonly workspaceId: string;

  /**
   * ID of the channel.
   *
   * @pattern ^[A-Za-z0-9]{1,256}$
   * @allowed the ID of a channel: letters and digits, not its name
   * @examples ["C0123ABCD"]
   */
  readonly channelId: string;
}

/** A channel of a Microsoft Teams team that was connected in the console of Amazon Q Developer in chat applications. */
export interface TeamsChannelOptions {
  /** ID of the tenant. */
  readonly tenantId: MicrosoftId;

  /** ID of the team. */
  readonly teamId: MicrosoftId;

  /**
   * ID of the channel, as the channel's link has it.
   *
   * @maxLength 256
   * @pattern ^[A-Za-z0-9_=+/.,-]*%3[aA][A-Za-z0-9_=+/.,-]*%40[A-Za-z0-9_=+/.,-]*$
   * @allowed the ID of a channel as its link has it, with %3A and %40
   * @examples ["19%3a0123abcd%40thread.tacv2"]
   */
  readonly channelId: string;
}

/**
 * Channels in which messages are shown, by Amazon Q Developer in chat applications. Nobody can do anything in the
 * account from there: the channels' role and guardrail allow nothing.
 *
 * @allowed an object with slack, teams, or both
 */
export interface ChatOptions {
  /**
   * A Slack channel.
   *
   * @default - none
   */
  readonly slack?: SlackChannelOptions;

  /**
   * A Microsoft Teams channel.
   *
   * @default - none
   */
  readonly teams?: TeamsChannelOptions;
}
