/** How the deploy pipeline turns the infrastructure code into templates. */
export interface InfrastructureOptions {
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
   * They are handed to the deploy pipeline as they are when the infrastructure is deployed, so templates always come from the
   * same state as the pipeline itself. Missing ones are left out.
   *
   * @default - package.json, package-lock.json, cdk.json, tsconfig.json, infra/, config/delivery.json, pyproject.toml, uv.lock, .python-version
   */
  readonly files?: string[];
}
