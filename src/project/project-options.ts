import type { ProjectOptions } from 'projen';
import type {
  ContainerRepositoryOptions, DeploymentGroupOptions, EndpointOptions, InfrastructureOptions, NetworkOptions,
  NotificationOptions, PromotionOptions,
  QualityGateOptions, SourceOptions, ToolingOptions, TrainingOptions, UpgradeOptions,
} from '../options';

/**
 * Options of a SageMaker machine-learning repository; all are optional but `name`, which defaults to the directory's
 * name.
 *
 * Options that are a word can be given to `projen new` as flags (`--model-name churn`); objects are written in the rc
 * file.
 */
export interface SageMakerCicdProjectOptions extends ProjectOptions {
  /**
   * Name of the model, of its model package group and of its SageMaker pipeline: letters, digits and inner hyphens,
   * beginning with a letter, at most 48 characters.
   * @default - the name of the project
   * @featured
   */
  readonly modelName?: string;
  /**
   * Framework of the training code: `xgboost` or `sklearn`.
   * @default "xgboost"
   * @featured
   */
  readonly framework?: string;
  /**
   * What is predicted: `binary`, `multiclass` or `regression`.
   * @default "binary"
   * @featured
   */
  readonly problemType?: string;
  /**
   * Write the options in Python (`.projenrc.py`) and the CDK app too (`infra/app.py`), instead of TypeScript.
   * @default false
   */
  readonly projenrcPython?: boolean;
  /**
   * Data, instances, hyperparameters and registration.
   * @default - the defaults of TrainingOptions
   * @featured
   */
  readonly training?: TrainingOptions;
  /**
   * What a model must reach to be registered.
   * @default - the default metric and threshold of the problem type
   * @featured
   */
  readonly qualityGate?: QualityGateOptions;
  /**
   * The repository whose commits are built.
   * @default - a CodeCommit repository with the project's name is created
   */
  readonly source?: SourceOptions;
  /**
   * Account and region where the pipelines run.
   * @default - the ones that the infrastructure is deployed to
   */
  readonly tooling?: ToolingOptions;
  /**
   * The lines of delivery: for each a branch, where it is built, and the environments it is deployed to, in order.
   * @default - branch main: built in "build", deployed to "staging" and, after approval by hand, to "prod", all in one
   * account
   * @featured
   */
  readonly deploymentGroups?: DeploymentGroupOptions[];
  /**
   * How models are served.
   * @default - a real-time endpoint with one ml.m5.large, asked one row of the sample data after each deployment
   * @featured
   */
  readonly endpoint?: EndpointOptions;
  /**
   * How the infrastructure is made and deployed; name further files here when the CDK app grows beyond `infra/`.
   * @default - npm ci (and uv in the Python flavour), cdk synth, the files of the CDK app; deployed by a pipeline of
   * its own after each commit that changes it
   */
  readonly infrastructure?: InfrastructureOptions;
  /**
   * Existing VPC in which builds, jobs and endpoints run, in the tooling account and region; environments elsewhere
   * have their own.
   * @default - the services' own network
   */
  readonly network?: NetworkOptions;
  /**
   * Name of an existing IAM policy that limits every role that is created.
   * @default - no permissions boundary
   */
  readonly permissionsBoundaryName?: string;
  /**
   * ARN of an existing bucket for S3 access logs, in the tooling account and region; environments elsewhere have their
   * own.
   * @default - a log bucket is made beside each bucket
   */
  readonly s3AccessLogsBucketArn?: string;
  /**
   * Tags on everything that is created in AWS, at most 40.
   * @default - none but the project's own
   */
  readonly tags?: { [key: string]: string };
  /**
   * Files that are left entirely to you, as globs (`model/**`, `buildspec.yml`): they are neither written nor merged
   * nor removed.
   *
   * A file that is taken out of the list again is merged with what has changed in the meantime.
   *
   * @default - none
   */
  readonly userOwned?: string[];
  /**
   * How newer versions of this package, the CDK and the SDK are brought in.
   * @default - weekly, as a pull request
   */
  readonly upgrade?: UpgradeOptions;
  /**
   * Who hears about failures and about deployments that wait for an approval.
   * @default - a topic without subscribers
   */
  readonly notifications?: NotificationOptions;
  /**
   * ECR repositories for images of your own, which the deploy environments of a group may pull from.
   * @default - none
   */
  readonly containerRepositories?: ContainerRepositoryOptions[];
  /**
   * Brings the newest approved model package of another account into the tooling account.
   * @default - nothing is promoted
   */
  readonly promotion?: PromotionOptions;
  /**
   * Development dependencies beside those that the repository needs: npm packages, or Python ones with
   * `projenrcPython`.
   *
   * `projen new` adds this package here.
   *
   * @default - none
   */
  readonly devDeps?: string[];
}
