/**
 * How this package, the CDK and the SageMaker SDK are upgraded.
 *
 * @fix Write it as an object in the rc file, for example { schedule: "monthly" }.
 */
export interface UpgradeOptions {
  /**
   * How often to check for new versions: weekly is on Monday, monthly on the first; each time at 05:00 UTC.
   *
   * @values ["daily", "weekly", "monthly", "never"]
   * @fix Use never to upgrade only manually.
   * @default "weekly"
   */
  readonly schedule?: string;

  /**
   * Open each upgrade as a pull request: by a GitHub workflow when the source is GitHub, else by a scheduled build in
   * the tooling account. With the engine gitlab-ci nobody does.
   *
   * @fix Use false to upgrade only manually.
   * @default true
   */
  readonly pullRequests?: boolean;
}
