import { createHash } from 'node:crypto';

/** The qualifier of bootstraps that name none (CDK, `DefaultStackSynthesizer.DEFAULT_QUALIFIER`). */
export const CDK_QUALIFIER = 'hnb659fds';

/** Longest qualifier: role names of the bootstrap have 64 characters (CDK, bootstrap-template.yaml, Qualifier). */
const LONGEST = 10;
const HASH_LENGTH = 6;

/**
 * The qualifier of a project's own bootstrap: its name where that can be one, else its first letters and a hash of it.
 * Always the same for one name. With the CDK's own qualifier, whom a bootstrap trusts and what it may deploy would be
 * set for all other applications of an account, too, by the last person who runs `cdk bootstrap`.
 */
export function defaultQualifier(projectName: string): string {
  if (/^[a-z0-9]+$/.test(projectName) && projectName.length <= LONGEST && projectName !== CDK_QUALIFIER) {
    return projectName;
  }
  const start = projectName.toLowerCase().replace(/[^a-z0-9]+/g, '').slice(0, LONGEST - HASH_LENGTH);
  return `${start}${createHash('sha256').update(projectName).digest('hex').slice(0, HASH_LENGTH)}`;
}

/** Name of the stack of a bootstrap; two bootstraps in one account and region need different ones. */
export function toolkitStackName(qualifier: string): string {
  return qualifier === CDK_QUALIFIER ? 'CDKToolkit' : `CDKToolkit-${qualifier}`;
}
