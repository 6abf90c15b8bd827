import type { ApproverOptions } from './approvers';
import type { ContainerRepositoryOptions } from './container-repository';
import type { EngineOptions } from './delivery-engine';
import type { DeploymentGroupOptions } from './deployment-group';
import type { GovernanceOptions } from './governance';
import type { InfrastructureOptions } from './infrastructure';
import type { BucketArn } from './limits';
import type { NetworkOptions } from './network';
import type { NotificationOptions } from './notifications';
import type { PromotionOptions } from './promotion';
import type { RetrainingOptions } from './retraining';
import type { SourceOptions } from './source';
import type { ToolingOptions } from './tooling';
import type { UpgradeOptions } from './upgrade';

/** What the options of a repository and of a standalone delivery have in common. */
export interface CommonDeliveryOptions {
  /**
   * The repository whose commits are built. By default a CodeCommit repository with the project's name is created.
   *
   * @default {}
   * @decides names
   */
  readonly source?: SourceOptions;

  /**
   * What runs builds, deployments and changes of the infrastructure.
   *
   * @default {}
   * @decides names
   */
  readonly engine?: EngineOptions;

  /**
   * Account and region where the pipelines run. By default, where the infrastructure is deployed.
   *
   * @default {}
   * @decides names
   */
  readonly tooling?: ToolingOptions;

  /**
   * Deployment groups, one per release line: a branch, where it is built, and the environments it is deployed to, in
   * order.
   *
   * @minItems 1
   * @default - branch main: built in "build", deployed to "staging" and, after manual approval, to "prod", all in one
   * account
   * @featured
   * @decides names
   */
  readonly deploymentGroups?: DeploymentGroupOptions[];

  /**
   * How the infrastructure is synthesized and deployed. If your CDK app uses files outside `infra/`, list them here.
   *
   * @default {}
   * @decides names
   */
  readonly infrastructure?: InfrastructureOptions;

  /**
   * Existing VPC in which builds, jobs and endpoints run, in the tooling account and region; environments elsewhere
   * name their own.
   *
   * @default - no VPC
   */
  readonly network?: NetworkOptions;

  /**
   * Name of an existing IAM policy that limits every role that is created.
   *
   * A path has slashes at both ends; a name has at most 128 characters and no slashes (IAM API reference,
   * CreatePolicy).
   *
   * @pattern ^([\w+=,.@-]+/)*[\w+=,.@-]{1,128}$
   * @maxLength 600
   * @allowed the name of an IAM policy, with its path, without its ARN, and with single slashes only in between
   * @default - no permissions boundary
   * @examples ["boundaries/ml"]
   */
  readonly permissionsBoundaryName?: string;

  /**
   * ARN of an existing bucket for S3 access logs, in the tooling account and region; environments elsewhere name their
   * own.
   *
   * @default - a log bucket is created for each bucket
   */
  readonly s3AccessLogsBucketArn?: BucketArn;

  /**
   * Tags for everything that is created in AWS, in addition to the package's own.
   *
   * A resource takes at most 50 tags (AWS general reference, "Tag naming limits"), including those of CloudFormation
   * and this package. The characters are those that IAM, the strictest of the services, allows (IAM user guide, "Tags
   * for IAM resources").
   *
   * @maxProperties 40
   * @propertyNames {"type": "string", "pattern": "^(?![aA][wW][sS]:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}$",
   * "x-allowed": "a key of 1 to 128 letters, digits, blanks and _ . : / = + - \u0040, not beginning with \"aws:\"",
   * "x-fix": "Rename the tag."}
   * @allowed an object with at most 40 keys and their values
   * @default {}
   * @examples [{ "cost-center": "1234" }]
   */
  readonly tags?: { [key: string]: TagValue };

  /**
   * How this package, the CDK and the SDK are upgraded.
   *
   * @default {}
   */
  readonly upgrade?: UpgradeOptions;

  /**
   * Who is notified of failures and of deployments that wait for approval. By default a topic without subscribers is
   * created.
   *
   * @default {}
   * @decides names
   */
  readonly notifications?: NotificationOptions;

  /**
   * Who approves models, deployments and changes of the infrastructure.
   *
   * @default - in each account, every role that may assume roles, and IAM users with MFA
   * @decides names
   */
  readonly approvers?: ApproverOptions;

  /**
   * Audit trail, approval records, separation of duties and life-cycle stages. See `docs/governance.md`.
   *
   * @default {}
   * @decides names
   */
  readonly governance?: GovernanceOptions;

  /**
   * ECR repositories for your own images. The deploy environments of a group may pull from them.
   *
   * @default []
   * @decides names
   */
  readonly containerRepositories?: ContainerRepositoryOptions[];

  /**
   * Promotes the newest approved model package of another account to the tooling account.
   *
   * @default - nothing is promoted
   * @decides names
   */
  readonly promotion?: PromotionOptions;

  /**
   * When models are trained again without a commit, and how often at most.
   *
   * @default {}
   * @decides names
   */
  readonly retraining?: RetrainingOptions;
}

/**
 * @pattern ^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$
 * @allowed a string of at most 256 letters, digits, blanks and _ . : / = + - @
 */
type TagValue = string;
