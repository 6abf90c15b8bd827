import type { ApproverOptions } from './approvers';
import type { ContainerRepositoryOptions } from './container-repository';
import type { DeploymentGroupOptions } from './deployment-group';
import type { InfrastructureOptions } from './infrastructure';
import type { BucketArn } from './limits';
import type { NetworkOptions } from './network';
import type { NotificationOptions } from './notifications';
import type { PromotionOptions } from './promotion';
import type { SourceOptions } from './source';
import type { ToolingOptions } from './tooling';
import type { UpgradeOptions } from './upgrade';

/** What a repository and a delivery that is described alone have in common. */
export interface CommonDeliveryOptions {
  /**
   * The repository whose commits are built: unless given, a CodeCommit repository with the project's name is created.
   *
   * @default {}
   * @decides names
   */
  readonly source?: SourceOptions;

  /**
   * Account and region where the pipelines run: those that the infrastructure is deployed to unless given.
   *
   * @default {}
   * @decides names
   */
  readonly tooling?: ToolingOptions;

  /**
   * The lines of delivery: for each a branch, where it is built, and the environments it is deployed to, in order.
   *
   * @minItems 1
   * @default - branch main: built in "build", deployed to "staging" and, after manual approval, to "prod", all in one
   * account
   * @featured
   * @decides names
   */
  readonly deploymentGroups?: DeploymentGroupOptions[];

  /**
   * How the infrastructure is made and deployed; name further files here when the CDK app grows beyond `infra/`.
   *
   * @default {}
   * @decides names
   */
  readonly infrastructure?: InfrastructureOptions;

  /**
   * Existing VPC in which builds, jobs and endpoints run, in the tooling account and region; environments elsewhere
   * have their own.
   *
   * @default - the services' own network
   */
  readonly network?: NetworkOptions;

  /**
   * Name of an existing IAM policy that limits every role that is created.
   *
   * A path has slashes at both ends, a name up to 128 characters and none (IAM API reference, CreatePolicy).
   *
   * @pattern ^([\w+=,.@-]+/)*[\w+=,.@-]{1,128}$
   * @maxLength 600
   * @allowed the name of an IAM policy, with its path but not its ARN, and single slashes only in between
   * @default - no permissions boundary
   * @examples ["boundaries/ml"]
   */
  readonly permissionsBoundaryName?: string;

  /**
   * ARN of an existing bucket for S3 access logs, in the tooling account and region; environments elsewhere have their
   * own.
   *
   * @default - a log bucket is made beside each bucket
   */
  readonly s3AccessLogsBucketArn?: BucketArn;

  /**
   * Tags on everything that is created in AWS, besides those of the package itself.
   *
   * A resource takes 50 in all (AWS general reference, "Tag naming limits"); CloudFormation and this package add some
   * of their own. The characters are those that IAM takes, of the services that are tagged the fewest (IAM user guide,
   * "Tags for IAM resources").
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
   * How newer versions of this package, the CDK and the SDK are brought in.
   *
   * @default {}
   */
  readonly upgrade?: UpgradeOptions;

  /**
   * Who hears about failures and about deployments that wait for an approval: a topic without subscribers unless given.
   *
   * @default {}
   * @decides names
   */
  readonly notifications?: NotificationOptions;

  /**
   * Who approves models, deployments and changes of the infrastructure by hand.
   *
   * @default - in the account of each decision, every role that may take on roles, and IAM users with a second factor
   * @decides names
   */
  readonly approvers?: ApproverOptions;

  /**
   * ECR repositories for images of your own, which the deploy environments of a group may pull from.
   *
   * @default []
   * @decides names
   */
  readonly containerRepositories?: ContainerRepositoryOptions[];

  /**
   * Brings the newest approved model package of another account into the tooling account.
   *
   * @default - nothing is promoted
   * @decides names
   */
  readonly promotion?: PromotionOptions;
}

/**
 * @pattern ^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$
 * @allowed a text of at most 256 letters, digits, blanks and _ . : / = + - @
 */
type TagValue = string;
