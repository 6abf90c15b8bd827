/**
 * How the repository's host checks pull requests. See `docs/pull-requests.md`.
 *
 * @fix Write it as an object in the rc file, for example { checks: false }.
 */
export interface PullRequestOptions {
  /**
   * Check each pull request: linters, tests, the infrastructure's synth, and the pipeline's run on data of the
   * repository, compared with that of the target branch.
   *
   * By a GitHub workflow or a GitLab pipeline, which has no rights in AWS. CodeCommit and Bitbucket have no checks: run
   * the task `pr:compare`.
   *
   * @fix Use false if you have checks of your own.
   * @default true
   */
  readonly checks?: boolean;

  /**
   * The data for the comparison: a file or a directory of files, as a path in the repository.
   *
   * Needed when the pipeline's data is on S3, which a check may not read: a sample of it is enough.
   *
   * @pattern ^(?!/|-|[A-Za-z][A-Za-z0-9+.-]*:|.*(^|/)\.\.(/|$))[^"$`\\\r\n]+$
   * @maxLength 1024
   * @allowed a path inside the repository
   * @fix Put a sample of the data in data/ and give its path, for example data/pull-requests.csv.
   * @examples ["data/pull-requests.csv"]
   * @default - the pipeline's data, if it is in the repository; else nothing is compared
   */
  readonly data?: string;
}
