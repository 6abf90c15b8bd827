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

/** The repository whose commits are built. */
export interface SourceOptions {
  /**
   * Where the repository is hosted.
   *
   * @default - CodeCommit
   */
  readonly type?: SourceType;

  /**
   * The repository: its name for CodeCommit (1 to 100 characters), `owner/name` everywhere else.
   *
   * @default - for CodeCommit the project's name; required for all others
   */
  readonly repository?: string;

  /**
   * Whether the CodeCommit repository is created with the infrastructure; it is kept when its stack is deleted.
   *
   * @default - true for CodeCommit; must not be given for the others
   */
  readonly create?: boolean;

  /**
   * ARN of the CodeConnections connection, in state "Available".
   *
   * @default - none; required for every type but CodeCommit
   */
  readonly connectionArn?: string;

  /**
   * Commits that change nothing but these paths build no model.
   *
   * At most 8, each a path, a folder with everything below it (the folder's name, a slash and two asterisks), or a file
   * name in any folder (two asterisks, a slash and the name; the root has to be named by itself).
   *
   * @default - everything below infra, docs and .github; cdk.json; README.md in any folder; CHANGELOG.md
   */
  readonly ignoredPaths?: string[];
}
