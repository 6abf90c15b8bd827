import type { BranchName, KmsKeyArn } from './limits';

/** Who lets a deployment in. */
export enum DeploymentApprovals {
  /** The required reviewers of an environment of GitHub; in private repositories they need GitHub Enterprise. */
  ENVIRONMENTS = 'environments',
  /** People with the releaser role in AWS, for which the workflow waits. */
  AWS = 'aws',
}

/** The jobs that take steps of your own. */
export enum WorkflowJob {
  /** Tests, compiles and starts the SageMaker pipeline. */
  BUILD = 'build',
  /** The checks of a pull request. */
  PULL_REQUEST = 'pull-request',
  /** Synthesizes the infrastructure. */
  SYNTH = 'synth',
}

/**
 * @pattern ^[1-9][0-9]{0,19}$
 * @allowed a number in quotes, as GitHub gives it
 * @fix Run gh api repos/<owner>/<name> --jq '.id, .owner.id' and copy the number.
 * @examples ["123456789"]
 */
type GithubId = string;

/**
 * A schedule as GitHub Actions has it, in UTC; at most every five minutes (GitHub documentation, "Events that trigger
 * workflows", schedule).
 *
 * @pattern ^[0-9*,/-]+( [0-9*,/A-Za-z-]+){4}$
 * @allowed five fields of cron: minute, hour, day of the month, month, day of the week
 * @examples ["41 * * * *"]
 */
type WorkflowSchedule = string;

/**
 * @pattern ^arn:aws[a-z-]*:iam::\d{12}:oidc-provider/token\.actions\.githubusercontent\.com$
 * @allowed the ARN of the provider of GitHub Actions (arn:aws:iam::<account>:oidc-provider/token.actions.githubusercontent.com)
 * @examples ["arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"]
 */
type GithubProviderArn = string;

/**
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$
 * @allowed the label of a runner
 * @examples ["ubuntu-24.04"]
 */
type RunnerLabel = string;

/** The GitHub App that starts workflows as soon as something asks for one. */
export interface GithubAppOptions {
  /**
   * ID of the App.
   */
  readonly appId: GithubId;

  /**
   * ID of its installation in the repository's organization or account.
   */
  readonly installationId: GithubId;

  /**
   * ARN of the KMS key, in the tooling account and region, into which the App's private key was imported: RSA_2048,
   * SIGN_VERIFY. The private key is nowhere else.
   */
  readonly keyArn: KmsKeyArn;
}

/** A step of your own in a workflow. */
export interface WorkflowStepOptions {
  /**
   * The job that gets it.
   */
  readonly job: WorkflowJob;

  /**
   * Name of the step.
   *
   * @pattern ^[\p{L}\p{N}][\p{L}\p{N} ._()-]{0,79}$
   * @allowed 1 to 80 letters, digits, blanks and . _ ( ) -
   * @examples ["type check"]
   */
  readonly name: string;

  /**
   * Commands of bash, which run after the tools are installed and before the tests. No expressions of GitHub Actions
   * (`${{`): a text of somebody else's would become a command.
   *
   * @minLength 1
   * @maxLength 20000
   * @pattern ^(?![^]*(?:\$\{\{|[\x00-\x08\x0b-\x1f\x7f]))[^]*\S[^]*$
   * @allowed commands of bash without ${{ and without control characters
   * @examples ["npm run typecheck"]
   */
  readonly run: string;
}

/** How GitHub Actions runs the delivery. */
export interface GithubActionsOptions {
  /**
   * Number of the repository, which no other repository ever has.
   */
  readonly repositoryId: GithubId;

  /**
   * Number of its owner, a person or an organization.
   */
  readonly ownerId: GithubId;

  /**
   * The repository's default branch, which GitHub runs scheduled and dispatched workflows from.
   *
   * @default "main"
   */
  readonly defaultBranch?: BranchName;

  /**
   * ARN of the provider of GitHub Actions, if the tooling account has one: an account can have only one of each issuer.
   *
   * @default - the provider is created
   */
  readonly oidcProviderArn?: GithubProviderArn;

  /**
   * Who lets deployments in where the option `manualApproval` asks for somebody.
   *
   * @default "environments"
   */
  readonly approvals?: DeploymentApprovals;

  /**
   * The GitHub App that starts deployments as soon as a model is approved.
   *
   * @default - none: scheduled runs take what waits
   */
  readonly app?: GithubAppOptions;

  /**
   * When the deploy workflow looks for what waits: for everything without an App, and with one for what it could not
   * start.
   *
   * @default "41 * * * *"
   */
  readonly sweepSchedule?: WorkflowSchedule;

  /**
   * Labels of the runners.
   *
   * @minItems 1
   * @maxItems 10
   * @uniqueItems
   * @default ["ubuntu-24.04"]
   */
  readonly runsOn?: RunnerLabel[];

  /**
   * Container that the jobs run in, by its digest.
   *
   * @pattern ^[a-z0-9][\w.:/-]{0,300}@sha256:[0-9a-f]{64}$
   * @allowed the name of an image with its digest (name@sha256:<64 hexadecimal digits>)
   * @default - none
   * @examples ["ghcr.io/acme/ml@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
   */
  readonly container?: string;

  /**
   * Steps of your own.
   *
   * @maxItems 50
   * @default []
   */
  readonly extraSteps?: WorkflowStepOptions[];
}
