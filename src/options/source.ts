/** Where a repository is hosted. */
export enum SourceType {
  /** AWS CodeCommit, in the tooling account and region. */
  CODECOMMIT = 'codecommit',
  /** GitHub, through a CodeConnections connection. */
  GITHUB = 'github',
  /** GitHub Enterprise Server, through a CodeConnections connection. */
  GITHUB_ENTERPRISE = 'github-enterprise',
  /** GitLab, through a CodeConnections connection. */
  GITLAB = 'gitlab',
  /** A self-managed GitLab, through a CodeConnections connection. */
  GITLAB_SELF_MANAGED = 'gitlab-self-managed',
  /** Bitbucket Cloud, through a CodeConnections connection. */
  BITBUCKET = 'bitbucket',
}

/**
 * Paths as a trigger's filter and the commit gate both read them, of at most 255 characters (CodePipeline API
 * reference, GitFilePathFilterCriteria); no segment leaves its folder.
 *
 * @pattern ^(?=.{1,255}$)((?!\.{1,2}(/|$))[^/*?\[\]{}!\\\s]+(/(?!\.{1,2}(/|$))[^/*?\[\]{}!\\\s]+)*(/\*{2})?|\*{2}/(?!\.{1,2}(/|$))[^/*?\[\]{}!\\\s]+)$
 * @allowed a path ("docs/index.md"), a folder with everything below it ("docs/**") or a file name in any folder
 * ("**\/README.md"), without other wildcards
 * @fix Use one of these three forms; "*" is not allowed elsewhere.
 * @examples ["docs/**"]
 */
type IgnoredPath = string;

/**
 * @pattern ^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[a-f0-9-]+$
 * @allowed the ARN of a CodeConnections connection (arn:aws:codeconnections:<region>:<account>:connection/<id>)
 * @examples ["arn:aws:codeconnections:eu-west-1:111111111111:connection/1234abcd-12ab-34cd-56ef-1234567890ab"]
 */
type ConnectionArn = string;

/** The repository whose commits are built. */
export interface SourceOptions {
  /**
   * Where the repository is hosted.
   *
   * @default "codecommit"
   */
  readonly type?: SourceType;

  /**
   * The repository: its name for CodeCommit, `owner/name` everywhere else.
   *
   * @minLength 1
   * @maxLength 255
   * @examples ["acme/churn"]
   * @default - the project's name for CodeCommit; required for all others
   */
  readonly repository?: string;

  /**
   * Whether to create the CodeCommit repository with the infrastructure; it is retained when its stack is deleted.
   *
   * @default - true for CodeCommit; not allowed for others
   */
  readonly create?: boolean;

  /**
   * ARN of the CodeConnections connection, in state "Available".
   *
   * @default - none; required for every type but CodeCommit, and not allowed with the engines github-actions and gitlab-ci
   */
  readonly connectionArn?: ConnectionArn;

  /**
   * Commits that change only these paths start no build.
   *
   * Each is a path, a folder with everything in it (its name, a slash and two asterisks), or a file name in any
   * subfolder (two asterisks, a slash and the name; list the root separately).
   *
   * @maxItems 100
   * @uniqueItems
   * @default ["infra/**", "docs/**", ".github/**", "cdk.json", "README.md", "**\/README.md", "CHANGELOG.md",
   * "AGENTS.md"]
   */
  readonly ignoredPaths?: IgnoredPath[];
}
