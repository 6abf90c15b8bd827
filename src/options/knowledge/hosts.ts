import { SourceType } from '../source';

/** What is peculiar to where repositories are hosted; which engine runs their delivery is another question. */
export interface Host {
  /** A service of the tooling account, with rights and events of its own; others are reached through a connection. */
  readonly inAws: boolean;
  /** How many names a repository has at most, one below the other. */
  readonly depth: number;
  /** Whether it runs GitHub Actions, which then open the pull requests with upgrades. */
  readonly runsActions: boolean;
  /** What checks its pull requests, from a file in the repository. */
  readonly checks?: 'github-actions' | 'gitlab-ci';
}

const GITHUB: Host = { inAws: false, depth: 2, runsActions: true, checks: 'github-actions' };

/** A group, up to 20 levels of subgroups (GitLab documentation, "Subgroups"), and the project. */
const GITLAB: Host = { inAws: false, depth: 22, runsActions: false, checks: 'gitlab-ci' };

/** Every host, by the value of the option `source.type`. */
export const HOSTS: { readonly [type in SourceType]: Host } = {
  [SourceType.CODECOMMIT]: { inAws: true, depth: 1, runsActions: false },
  [SourceType.GITHUB]: GITHUB,
  [SourceType.GITHUB_ENTERPRISE]: GITHUB,
  [SourceType.GITLAB]: GITLAB,
  [SourceType.GITLAB_SELF_MANAGED]: GITLAB,
  [SourceType.BITBUCKET]: { inAws: false, depth: 2, runsActions: false },
};
