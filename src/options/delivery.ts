import type { ContainerRepositoryOptions } from './container-repository';
import type { DeploymentGroupOptions } from './deployment-group';
import type { EndpointOptions } from './endpoint';
import type { InfrastructureOptions } from './infrastructure';
import type { NetworkOptions } from './network';
import type { NotificationOptions } from './notifications';
import type { PromotionOptions } from './promotion';
import type { SourceOptions } from './source';
import type { ToolingOptions } from './tooling';
import type { UpgradeOptions } from './upgrade';

/** The whole way of a model from a commit to production: what `config/delivery.json` holds. */
export interface DeliveryOptions {
  /** The project's name: the first part of every name in AWS, 1 to 128 characters. */
  readonly name: string;

  /**
   * The repository whose commits are built.
   *
   * @default - a CodeCommit repository with the project's name is created
   */
  readonly source?: SourceOptions;

  /**
   * Where the pipelines run.
   *
   * @default - the account and region that the infrastructure is deployed to
   */
  readonly tooling?: ToolingOptions;

  /**
   * The lines of delivery.
   *
   * @default - branch main: built in "build", deployed to "staging" and, after approval by hand, to "prod", all in one
   * account
   */
  readonly deploymentGroups?: DeploymentGroupOptions[];

  /** How models are served. */
  readonly endpoint: EndpointOptions;

  /**
   * How the infrastructure is made and deployed.
   *
   * @default - npm ci, cdk synth; deployed by a pipeline of its own after each commit that changes it
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
   * @default - no permissions boundary
   */
  readonly permissionsBoundaryName?: string;

  /**
   * ARN of an existing bucket for S3 access logs, in the tooling account and region; environments elsewhere have their
   * own.
   *
   * @default - a log bucket is made beside each bucket
   */
  readonly s3AccessLogsBucketArn?: string;

  /**
   * Tags on everything that is created, at most 40: keys of 1 to 128 characters that do not begin with `aws:`, values
   * of at most 256.
   *
   * @default - none of the user's
   */
  readonly tags?: { [key: string]: string };

  /**
   * How newer versions of the package, the CDK and the SDK are brought in.
   *
   * @default - weekly; as a pull request by a scheduled build, unless the source is GitHub, where a workflow does it
   */
  readonly upgrade?: UpgradeOptions;

  /**
   * Who hears about failures and about deployments that wait for an approval.
   *
   * @default - a topic without subscribers
   */
  readonly notifications?: NotificationOptions;

  /**
   * ECR repositories for images of your own, which the deploy environments of a group may pull from.
   *
   * @default - none
   */
  readonly containerRepositories?: ContainerRepositoryOptions[];

  /**
   * Brings the newest approved model package of another account into the tooling account.
   *
   * @default - nothing is promoted
   */
  readonly promotion?: PromotionOptions;
}
