import type { EndpointOverrideOptions } from './endpoint';
import type { AccountId, BranchName, BucketArn, EnvironmentName, KmsKeyArn, RegionName } from './limits';
import type { NetworkOptions } from './network';

/** What an environment is for. */
export enum EnvironmentType {
  /** Development: no manual approval by default. */
  DEV = 'dev',
  /** Before production: no manual approval by default. */
  PREPROD = 'preprod',
  /** Production: a manual approval before each deployment unless switched off. */
  PROD = 'prod',
}

/**
 * @allowed a text, a number, true or false
 * @fix Pipeline parameters are single values.
 */
type ParameterValue = string | number | boolean;

/** The environment in which a deployment group builds and registers its model. */
export interface BuildEnvironmentOptions {
  /**
   * Name of the environment.
   *
   * @default "build"
   */
  readonly name?: EnvironmentName;

  /**
   * Account id, twelve digits.
   *
   * @default - the tooling account
   */
  readonly account?: AccountId;

  /**
   * Region: one with SageMaker's image of the framework.
   *
   * @default - the tooling region
   */
  readonly region?: RegionName;

  /**
   * What the environment is for.
   *
   * @default "dev"
   */
  readonly type?: EnvironmentType;

  /**
   * Existing VPC of this environment's account and region.
   *
   * @default - that of the project in the tooling account and region; elsewhere required when the project has one,
   * because a VPC belongs to one account and region
   */
  readonly network?: NetworkOptions;

  /**
   * ARN of an existing bucket for S3 access logs, in this environment's account and region.
   *
   * @default - that of the project in the tooling account and region; elsewhere a log bucket is made beside each bucket
   */
  readonly s3AccessLogsBucketArn?: BucketArn;

  /**
   * ARN of an existing KMS key, in this environment's account and region, that encrypts code, data and models.
   *
   * Give the key that a deleted stack of this environment has left behind, or what it encrypted stays unreadable to the
   * new roles. Its key policy is not changed.
   *
   * @default - a key is made
   */
  readonly kmsKeyArn?: KmsKeyArn;

  /**
   * Whether the environment's model package group is there already, because the stack that made it was deleted. It is
   * used as it is, with its versions and its resource policy.
   *
   * CloudFormation cannot bring a model package group back under its control: without this option the next deployment
   * ends in "already exists".
   *
   * @default false
   */
  readonly existingModelPackageGroup?: boolean;

  /**
   * ARNs of the KMS keys that the group's training data on S3 is encrypted with, in this environment's region;
   * they may belong to other accounts.
   *
   * The group's jobs get the right to decrypt with them, through S3 alone. The policy of a key of another account has
   * to let them as well: `bootstrap:guide` prints the statement. Data without a key, or under the key of S3 itself
   * (`aws/s3`), needs none.
   *
   * @maxItems 10
   * @uniqueItems
   * @default - none
   */
  readonly inputDataKeyArns?: KmsKeyArn[];
}

/**
 * An environment that a deployment group deploys approved models to.
 *
 * In Python write `DeployEnvironmentOptions(...)`: of a plain dict in a list jsii drops the names that it does not know
 * without a word.
 */
export interface DeployEnvironmentOptions {
  /** Name of the environment, once per deployment group. */
  readonly name: EnvironmentName;

  /**
   * Account id, twelve digits.
   *
   * @default - the account of the group's build environment
   */
  readonly account?: AccountId;

  /**
   * Region: one with SageMaker's image of the framework. In another region than the build
   * environment's, model and package are copied there before each deployment.
   *
   * @default - the region of the group's build environment
   */
  readonly region?: RegionName;

  /**
   * What the environment is for; not lower than the type of the environment before it (dev, preprod, prod).
   *
   * @default "dev"
   */
  readonly type?: EnvironmentType;

  /**
   * Whether a person has to approve each deployment to this environment.
   *
   * @default - true for type prod, false for the others
   */
  readonly manualApproval?: boolean;

  /**
   * Whether models come to this environment at the same time as to the one before it in the list; the next one waits
   * for both.
   *
   * A manual approval in one of them holds up all of them.
   *
   * @default false
   */
  readonly parallelWithPrevious?: boolean;

  /**
   * What is different about the endpoint of this environment.
   *
   * @default {}
   */
  readonly endpoint?: EndpointOverrideOptions;

  /**
   * Existing VPC of this environment's account and region.
   *
   * @default - that of the project in the tooling account and region; elsewhere required when the project has one,
   * because a VPC belongs to one account and region
   */
  readonly network?: NetworkOptions;

  /**
   * ARN of an existing bucket for S3 access logs, in this environment's account and region.
   *
   * @default - that of the project in the tooling account and region; elsewhere a log bucket is made beside each bucket
   */
  readonly s3AccessLogsBucketArn?: BucketArn;

  /**
   * Whether the model package group for copies is there already, because the stack that made it was deleted; only
   * where the build is in another region.
   *
   * CloudFormation cannot bring a model package group back under its control: without this option the next deployment
   * ends in "already exists".
   *
   * @default false
   */
  readonly existingModelPackageGroup?: boolean;
}

/**
 * One line of delivery: a branch, where it is built, and the environments it is deployed to, in order.
 *
 * In Python write `DeploymentGroupOptions(...)`: of a plain dict in a list jsii drops the names that it does not know
 * without a word.
 */
export interface DeploymentGroupOptions {
  /**
   * Name of the group, once per project.
   *
   * @pattern ^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$
   * @allowed 1 to 100 letters, digits, ".", "_", "/" and "-", the first a letter or digit
   * @examples ["main"]
   */
  readonly name: string;

  /**
   * Branch whose commits are built: any name that git takes. Groups may share a branch.
   *
   * @default - the group's name, which has to be a branch name then
   */
  readonly sourceBranch?: BranchName;

  /**
   * Values of pipeline parameters for this group, by the parameter's name, instead of the defaults of the compiled
   * pipeline.
   *
   * Those of the pipeline itself, hyperparameters, and what you have added to `pipelines/parameters.py`; a misspelt one
   * is refused. A value that starts with `s3://` also gives the group's jobs the right to read below it.
   *
   * @default {}
   * @examples [{ "InputDataUrl": "s3://our-data/churn/", "max_depth": 8 }]
   */
  readonly parameters?: { [name: string]: ParameterValue };

  /**
   * Where the model is built and registered: in the tooling account and region unless given.
   *
   * @default {}
   */
  readonly buildEnvironment?: BuildEnvironmentOptions;

  /**
   * Where approved models are deployed to, in this order.
   *
   * @default - the build environment
   */
  readonly deployEnvironments?: DeployEnvironmentOptions[];
}
