import type { WorkflowStepOptions } from './github-actions';
import type { BranchName } from './limits';

/**
 * @pattern ^[1-9][0-9]{0,19}$
 * @allowed a number in quotes, as GitLab gives it
 * @fix Copy it from the project's page (three dots, "Copy project ID").
 * @examples ["87654321"]
 */
type GitlabProjectId = string;

/**
 * @pattern ^arn:aws[a-z-]*:iam::\d{12}:oidc-provider/gitlab\.com$
 * @allowed the ARN of the provider of gitlab.com (arn:aws:iam::<account>:oidc-provider/gitlab.com)
 * @examples ["arn:aws:iam::111111111111:oidc-provider/gitlab.com"]
 */
type GitlabProviderArn = string;

/**
 * @pattern ^[^\s,\x00-\x1f\x7f]{1,255}$
 * @allowed the tag of a runner, without blanks and commas
 * @examples ["saas-linux-small-amd64"]
 */
type RunnerTag = string;

/** How GitLab CI/CD runs the delivery. */
export interface GitlabCiOptions {
  /**
   * Number of the project, which no other project ever has.
   */
  readonly projectId: GitlabProjectId;

  /**
   * The project's default branch, which deployments run from. It must be protected, and so must every branch that is
   * built.
   *
   * @default "main"
   */
  readonly defaultBranch?: BranchName;

  /**
   * ARN of the provider of gitlab.com, if the tooling account has one: an account can have only one of each issuer. It
   * must have the audiences that the bootstrap guide prints.
   *
   * @default - the provider is created
   */
  readonly oidcProviderArn?: GitlabProviderArn;

  /**
   * Tags of the runners.
   *
   * @maxItems 10
   * @uniqueItems
   * @default []
   */
  readonly tags?: RunnerTag[];

  /**
   * Image that all jobs run in, by its digest. It needs bash, git, tar, Python from 3.11 on with pip and venv, and for
   * builds and synths Node.js.
   *
   * @pattern ^[a-z0-9][\w.:/-]{0,300}@sha256:[0-9a-f]{64}$
   * @allowed the name of an image with its digest (name@sha256:<64 hexadecimal digits>)
   * @default - python:3.12-bookworm, and node:22-bookworm where Node.js is needed
   * @examples ["registry.gitlab.com/acme/ml@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
   */
  readonly image?: string;

  /**
   * Steps of your own.
   *
   * @maxItems 50
   * @default []
   */
  readonly extraSteps?: WorkflowStepOptions[];
}
