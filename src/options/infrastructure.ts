import type { BranchName, Command } from './limits';
import type { SourceOptions } from './source';

/**
 * The bootstrap template itself takes 1 to 10 characters of [A-Za-z0-9_-] (CDK, bootstrap-template.yaml); "_" is none
 * in the name of its bucket.
 *
 * @pattern ^[a-z0-9]{1,10}$
 * @allowed 1 to 10 lower-case letters and digits, as given to cdk bootstrap --qualifier
 * @examples ["churn"]
 */
type Qualifier = string;

/**
 * With two asterisks behind a folder's name it still fits into a trigger's filter.
 *
 * @pattern ^(?!/)(?!.*\.\.)[\w.@/*-]+$
 * @maxLength 253
 * @allowed a path inside the repository; folders end with "/"
 * @examples ["infra/"]
 */
type InfrastructurePath = string;

/** How the infrastructure is synthesized and deployed. */
export interface InfrastructureOptions {
  /**
   * Whether a pipeline in the tooling account deploys the infrastructure, itself included, after each commit that
   * changes it.
   *
   * @default true
   */
  readonly pipeline?: boolean;

  /**
   * The repository with the infrastructure code.
   *
   * @default - the repository whose commits are built
   */
  readonly source?: SourceOptions;

  /**
   * Branch that the infrastructure is deployed from.
   *
   * @default - the branch of the first group with an environment of type prod, else of the first group
   */
  readonly sourceBranch?: BranchName;

  /**
   * Qualifier of the CDK bootstrap in every account and region.
   *
   * The project's own bootstrap does not change the bootstraps of other applications. "hnb659fds" is the default that
   * applications share. After a change, bootstrap the accounts again and deploy the infrastructure once manually.
   *
   * @default - the project's name if it is valid, else its first letters and a hash
   */
  readonly bootstrapQualifier?: Qualifier;

  /**
   * Whether a person approves the change sets before the infrastructure pipeline changes itself, the tooling account or
   * an account with an environment of type prod. Exactly the approved change sets are executed. Cannot be false with an
   * environment of type prod.
   *
   * @default - true with an environment of type prod, else false
   */
  readonly diffApproval?: boolean;

  /**
   * Commands that install what the CDK app needs, on Amazon Linux 2023 with Node.js 22 and Python 3.12.
   *
   * @default ["npm ci"]
   */
  readonly installCommands?: Command[];

  /**
   * Command that synthesizes the CDK app into `cdk.out`.
   *
   * @default "npx cdk synth --quiet"
   */
  readonly synthCommand?: Command;

  /**
   * Files and folders (ending with `/`) of the CDK app, relative to the repository's root.
   *
   * The deploy pipeline gets them as they are when the infrastructure is deployed, so templates and pipeline come from
   * the same commit. Missing files are ignored.
   *
   * @minItems 1
   * @uniqueItems
   * @default ["package.json", "package-lock.json", "cdk.json", "tsconfig.json", "infra/", "config/delivery.json",
   * "pyproject.toml", "uv.lock", ".python-version"]
   */
  readonly files?: InfrastructurePath[];
}
