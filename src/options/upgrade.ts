/** How newer versions of this package, the CDK and the SageMaker SDK are brought in. */
export interface UpgradeOptions {
  /**
   * How often newer versions are looked for: `daily`, `weekly` (Monday), `monthly` (the first) or `never`; each time at
   * 05:00 UTC.
   *
   * @default "weekly"
   */
  readonly schedule?: string;

  /**
   * Open each upgrade as a pull request: by a GitHub workflow when the source is GitHub, else by a scheduled build in
   * the tooling account.
   *
   * @default true
   */
  readonly pullRequests?: boolean;
}
