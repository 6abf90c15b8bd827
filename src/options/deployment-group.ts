import type { EndpointOverrideOptions } from './endpoint';
import type { AccountId, BranchName, BucketArn, EnvironmentName, KmsKeyArn, RegionName } from './limits';
import type { NetworkOptions } from './network';
import type { RetrainingOptions } from './retraining';

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
 * @allowed a string, a number, true or false
 * @fix Pipeline parameters hold single values.
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
   * Account ID, twelve digits.
   *
   * @default - the tooling account
   */
  readonly account?: AccountId;

  /**
   * Region with SageMaker's image of the framework.
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
   * Existing VPC in this environment's account and region.
   *
   * @default - the project's in the tooling account and region; required elsewhere if the project has one, because a
   * VPC belongs to one account and region
   */
  readonly network?: NetworkOptions;

  /**
   * ARN of an existing bucket for S3 access logs, in this environment's account and region.
   *
   * @default - the project's in the tooling account and region; elsewhere a log bucket is created for each bucket
   */
  readonly s3AccessLogsBucketArn?: BucketArn;

  /**
   * ARN of an existing KMS key, in this environment's account and region, that encrypts code, data and models.
   *
   * After a stack of this environment was deleted, give the key that it left: otherwise the new roles cannot read what
   * it encrypted. The key's policy is not changed.
   *
   * @default - a key is created
   */
  readonly kmsKeyArn?: KmsKeyArn;

  /**
   * Whether the environment's model package group already exists, because its stack was deleted. It is used unchanged,
   * with its versions and resource policy.
   *
   * CloudFormation cannot import a model package group: without this option the next deployment fails with "already
   * exists".
   *
   * @default false
   */
  readonly existingModelPackageGroup?: boolean;

  /**
   * ARNs of the KMS keys that encrypt the group's training data on S3, in this environment's region; they may belong to
   * other accounts.
   *
   * The group's jobs may decrypt with them, only through S3. The policy of a key in another account must allow it too:
   * `bootstrap:guide` prints the statement. Unencrypted data, or data under S3's own key (`aws/s3`), needs none.
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
 * In Python write `DeployEnvironmentOptions(...)`: in a list, jsii silently drops unknown keys of a plain dict.
 */
export interface DeployEnvironmentOptions {
  /** Name of the environment, unique in the deployment group. */
  readonly name: EnvironmentName;

  /**
   * Account ID, twelve digits.
   *
   * @default - the account of the group's build environment
   */
  readonly account?: AccountId;

  /**
   * Region with SageMaker's image of the framework. Outside the build environment's region, model and package are
   * copied there before each deployment.
   *
   * @default - the region of the group's build environment
   */
  readonly region?: RegionName;

  /**
   * What the environment is for; not below the type of the environment before it (dev, preprod, prod).
   *
   * @default "dev"
   */
  readonly type?: EnvironmentType;

  /**
   * Whether a person must approve each deployment to this environment.
   *
   * @default - true for type prod, false for the others
   */
  readonly manualApproval?: boolean;

  /**
   * Whether models are deployed to this environment at the same time as to the one before it; the next one waits for
   * both.
   *
   * A manual approval in one of them delays all of them.
   *
   * @default false
   */
  readonly parallelWithPrevious?: boolean;

  /**
   * Endpoint options that differ in this environment.
   *
   * @default {}
   */
  readonly endpoint?: EndpointOverrideOptions;

  /**
   * Existing VPC in this environment's account and region.
   *
   * @default - the project's in the tooling account and region; required elsewhere if the project has one, because a
   * VPC belongs to one account and region
   */
  readonly network?: NetworkOptions;

  /**
   * ARN of an existing bucket for S3 access logs, in this environment's account and region.
   *
   * @default - the project's in the tooling account and region; elsewhere a log bucket is created for each bucket
   */
  readonly s3AccessLogsBucketArn?: BucketArn;

  /**
   * Whether the model package group for copies already exists, because its stack was deleted. Only for environments
   * outside the build's region.
   *
   * CloudFormation cannot import a model package group: without this option the next deployment fails with "already
   * exists".
   *
   * @default false
   */
  readonly existingModelPackageGroup?: boolean;
}

/**
 * One release line: a branch, where it is built, and the environments it is deployed to, in order.
 *
 * In Python write `DeploymentGroupOptions(...)`: in a list, jsii silently drops unknown keys of a plain dict.
 */
export interface DeploymentGroupOptions {
  /**
   * Name of the group, unique in the project.
   *
   * @pattern ^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$
   * @allowed 1 to 100 letters, digits, ".", "_", "/" and "-", starting with a letter or digit
   * @examples ["main"]
   */
  readonly name: string;

  /**
   * Branch whose commits are built. Groups may share a branch.
   *
   * @default - the group's name
   */
  readonly sourceBranch?: BranchName;

  /**
   * Values of pipeline parameters for this group, which override the defaults of the compiled pipeline.
   *
   * The pipeline's own parameters, hyperparameters, and those that you add in `pipelines/parameters.py`; a misspelt
   * name is an error. A value that starts with `s3://` also lets the group's jobs read below it.
   *
   * @default {}
   * @examples [{ "InputDataUrl": "s3://acme-data/churn/", "max_depth": 8 }]
   */
  readonly parameters?: { [name: string]: ParameterValue };

  /**
   * Where the model is built and registered. By default in the tooling account and region.
   *
   * @default {}
   */
  readonly buildEnvironment?: BuildEnvironmentOptions;

  /**
   * Where approved models are deployed, in this order.
   *
   * @default - the build environment
   */
  readonly deployEnvironments?: DeployEnvironmentOptions[];

  /**
   * When this group's model is trained again without a commit, and how often at most.
   *
   * @default - the project's
   * @decides names
   */
  readonly retraining?: RetrainingOptions;
}
