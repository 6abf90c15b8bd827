import type { SecretArn } from './limits';

/** The Jira project in which versions are approved. */
export interface JiraOptions {
  /**
   * Address of the site.
   *
   * @pattern ^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\s?#]*)?$
   * @allowed an address that begins with https://
   * @examples ["https://example.atlassian.net"]
   */
  readonly url: string;

  /**
   * Key of the project.
   *
   * @pattern ^[A-Z][A-Z0-9_]{1,254}$
   * @allowed 2 to 255 capital letters, digits and underscores, starting with a letter
   * @examples ["MLOPS"]
   */
  readonly projectKey: string;

  /**
   * ARN of a secret with the keys `user`, `token` and `webhookSecret`, in the tooling account and region.
   */
  readonly secretArn: SecretArn;

  /**
   * Type of the issues.
   *
   * @minLength 1
   * @maxLength 60
   * @default "Task"
   */
  readonly issueType?: string;

  /**
   * Name of the status that approves.
   *
   * @minLength 1
   * @maxLength 60
   * @default "Approved"
   */
  readonly approvedStatus?: string;

  /**
   * Name of the status that rejects.
   *
   * @minLength 1
   * @maxLength 60
   * @default "Rejected"
   */
  readonly rejectedStatus?: string;
}
