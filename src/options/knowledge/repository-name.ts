import type { SourceOptions } from '../source';

/**
 * Characters that CodeCommit takes in a repository's name (CodeCommit API reference, CreateRepository, repositoryName).
 */
const LONGEST = 100;

/**
 * The name of a CodeCommit repository that is not given; CodeCommit knows no scopes: @team/churn becomes team-churn. It
 * takes no name that ends with ".git" (same reference).
 */
export function defaultRepository(projectName: string, suffix = ''): string {
  const name = projectName.replace(/[^\w.-]+/g, '-').replace(/^-/, '').slice(0, LONGEST - suffix.length);
  return `${name}${suffix}`.replace(/\.git$/, '-git');
}

/** A CodeCommit repository is created, unless the options say that it is there. */
export function createsRepository({ create }: SourceOptions): boolean {
  return create !== false;
}

/** What the repository of the infrastructure is called after, where it has one of its own. */
export const INFRASTRUCTURE_SUFFIX = '-infrastructure';
