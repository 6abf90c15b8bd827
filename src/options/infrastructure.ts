import type { SourceOptions } from './source';

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
  readonly sourceBranch?: string;

  /**
   * Qualifier of the CDK bootstrap in every account and region, 1 to 10 lower-case letters and digits.
   *
   * @default "hnb659fds"
   */
  readonly bootstrapQualifier?: string;

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
  readonly installCommands?: string[];

  /**
   * Command that synthesizes the CDK app into `cdk.out`.
   *
   * @default "npx cdk synth --quiet"
   */
  readonly synthCommand?: string;

  /**
   * Files and folders (those end with `/`) that the CDK app is made of, relative to the repository's root.
   *
   * They are handed to the deploy pipeline as they are when the infrastructure is deployed, so templates always come
   * from the same state as the pipeline itself. Missing ones are left out.
   *
   * @default - package.json, package-lock.json, cdk.json, tsconfig.json, infra/, config/delivery.json, pyproject.toml,
   * uv.lock, .python-version
   */
  readonly files?: string[];
}
