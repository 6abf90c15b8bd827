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
 * @allowed a path below the repository's root, folders with a "/" at the end
 * @examples ["infra/"]
 */
type InfrastructurePath = string;

/** How the infrastructure is made and deployed. */
export interface InfrastructureOptions {
  /**
   * Whether a pipeline in the tooling account deploys the infrastructure after each commit to it, itself included.
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
   * A bootstrap of the project's own leaves alone whom others trust and what they may deploy. "hnb659fds" is the one
   * that all applications share that name none. After a change the accounts need the new bootstrap, and the
   * infrastructure one deployment by hand.
   *
   * @default - the project's name where it is one, else its first letters and a hash of it
   */
  readonly bootstrapQualifier?: Qualifier;

  /**
   * Whether a person approves what would change before the infrastructure pipeline changes itself, the tooling account
   * or an account with an environment of type prod; exactly what was approved is executed. With an environment of type
   * prod it cannot be switched off.
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
   * Files and folders (those end with `/`) that the CDK app is made of, relative to the repository's root.
   *
   * They are handed to the deploy pipeline as they are when the infrastructure is deployed, so templates always come
   * from the same state as the pipeline itself. Missing ones are left out.
   *
   * @minItems 1
   * @uniqueItems
   * @default ["package.json", "package-lock.json", "cdk.json", "tsconfig.json", "infra/", "config/delivery.json",
   * "pyproject.toml", "uv.lock", ".python-version"]
   */
  readonly files?: InfrastructurePath[];
}
