import type { GithubActionsOptions } from './github-actions';
import type { GitlabCiOptions } from './gitlab-ci';

/** What runs builds, deployments and changes of the infrastructure. */
export enum DeliveryEngine {
  /** AWS CodePipeline with CodeBuild, in the tooling account. */
  CODEPIPELINE = 'codepipeline',
  /** Workflows of GitHub Actions, which take on roles of the tooling account by OpenID Connect. */
  GITHUB_ACTIONS = 'github-actions',
  /** Pipelines of GitLab CI/CD at gitlab.com, which take on roles of the tooling account by OpenID Connect. */
  GITLAB_CI = 'gitlab-ci',
}

/**
 * What runs the delivery. Registry, gates, records and the return of endpoints are in AWS with every engine.
 *
 * @fix Write it as an object, for example { type: "github-actions", github: { repositoryId: "1234", ownerId: "5678" } }.
 */
export interface EngineOptions {
  /**
   * The engine.
   *
   * @default "codepipeline"
   */
  readonly type?: DeliveryEngine;

  /**
   * Settings of GitHub Actions.
   *
   * @default - none; required for the type github-actions, not allowed for others
   */
  readonly github?: GithubActionsOptions;

  /**
   * Settings of GitLab CI/CD.
   *
   * @default - none; required for the type gitlab-ci, not allowed for others
   */
  readonly gitlab?: GitlabCiOptions;
}
